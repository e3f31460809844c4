# Commands in containers.
quietly docker run -d --network none --name diff-box -e FROM_RUN=yes busybox:1.37 sleep 1000000
quietly docker run -d --network none --name diff-user -e FROM_RUN=yes kini/test:1
quietly docker run -d --network none --name diff-privileged --privileged busybox:1.37 sleep 1000000
quietly docker run --network none --name diff-ended busybox:1.37 true
docker exec diff-box true
docker exec diff-box false
docker exec diff-box sh -c 'exit 3'
docker exec diff-box sh -c 'exit 126'
docker exec diff-box sh -c 'exit 127'
docker exec diff-box sh -c 'exit 255'
docker exec diff-box sh -c 'kill -9 $$'
docker exec diff-box sh -c 'kill -15 $$'
docker exec diff-box nonesuch
docker exec diff-box /nonesuch
docker exec diff-box ./nonesuch
docker exec diff-box nonesuch with args
docker exec diff-box /etc/passwd
docker exec diff-box /etc
docker exec diff-box ''
docker exec -d diff-box nonesuch
docker exec -d diff-box true
docker exec -d diff-box touch /tmp/detached && until_true 'docker exec diff-box test -e /tmp/detached'
docker exec diff-box echo out
docker exec diff-box sh -c 'echo out; echo err >&2'
docker exec diff-box sh -c 'echo err >&2' 2>/dev/null
docker exec diff-box printf 'no newline'
docker exec diff-box printf '\000\001\377binary\r\n'
docker exec diff-box echo '' 'a b' "quote's" '"double"' '$HOME' '`tick`' '\back' $'new\nline' $'tab\t' '*' 'é'
docker exec diff-box sh -c 'for a; do printf "<%s>" "$a"; done' sh '' ' a  b ' "'" '"' $'\n' '\' '$x' -x --help -- -
docker exec diff-box -x
docker exec diff-box --help
docker exec diff-box -- echo x
docker exec -- diff-box echo x
docker exec diff-box pwd
docker exec -w /tmp diff-box pwd
docker exec --workdir=/etc diff-box pwd
docker exec -w /nonesuch diff-box pwd
docker exec -w relative diff-box pwd
docker exec -w /etc/passwd diff-box pwd
docker exec -w '' diff-box pwd
docker exec diff-user pwd
docker exec -w / diff-user pwd
docker exec diff-box id
docker exec diff-user id
docker exec -u 0 diff-user id
docker exec -u root diff-user id
docker exec -u app diff-user id
docker exec -u 33 diff-box id
docker exec -u 33:1 diff-box id
docker exec -u www-data diff-box id
docker exec -u www-data:daemon diff-box id
docker exec -u 4242 diff-box id
docker exec -u 4242:4243 diff-box id
docker exec -u nonesuch diff-box id
docker exec -u root:nonesuch diff-box id
docker exec -u '' diff-box id
docker exec --user=nobody diff-box sh -c 'echo $HOME'
docker exec diff-box env | sort
docker exec diff-user env | sort
docker exec -u app diff-user sh -c 'echo $HOME $USER $LOGNAME $SHELL'
docker exec -u root diff-user sh -c 'echo $HOME'
docker exec -u 4242 diff-box sh -c 'echo $HOME'
docker exec -e A=1 -e B='two words' -e C= -e D=x=y diff-box sh -c 'echo "$A|$B|$C|$D|${E-unset}"'
docker exec -e FROM_RUN=no diff-box sh -c 'echo $FROM_RUN'
E=caller docker exec -e E -e NOT_SET_ANYWHERE diff-box sh -c 'echo "$E|${NOT_SET_ANYWHERE-unset}"'
docker exec -e FROM_RUN diff-box sh -c 'echo "${FROM_RUN-unset}"'
docker exec -e PATH=/nowhere diff-box /bin/sh -c 'echo $PATH'
docker exec -e PATH=/nowhere diff-box sh -c 'echo $PATH'
docker exec -e HOME=/elsewhere diff-box sh -c 'echo $HOME'
docker exec -e L=$'line one\nline two' diff-box sh -c 'echo "$L"'
docker exec -e '' diff-box true
docker exec -e =x diff-box true
printf 'A=file\n# comment\n\nB=b b\nHOME\n' >list && docker exec --env-file list diff-box sh -c 'echo "$A|$B|$HOME"'
docker exec --env-file nonesuch diff-box true
printf 'in put\n' | docker exec -i diff-box cat
printf 'in put\n' | docker exec diff-box cat
printf 'no newline' | docker exec -i diff-box cat
printf '' | docker exec -i diff-box cat
docker exec -i diff-box cat </dev/null
head -c 3000000 /dev/zero | docker exec -i diff-box wc -c
head -c 3000000 /dev/zero | docker exec -i diff-box cat | wc -c
seq 100000 >numbers && docker exec -i diff-box tail -n 1 <numbers
echo from stdin | docker exec --privileged -i diff-privileged cp /dev/stdin /tmp/copied && docker exec diff-privileged cat /tmp/copied
echo from stdin | docker exec -i diff-box sh -c 'cat >/tmp/written' && docker exec diff-box cat /tmp/written
yes | docker exec -i diff-box head -n 1
docker exec diff-box yes | head -n 1
docker exec -i diff-box sh -c 'read line; echo "got $line"; exit 4' <<<hello
docker exec -t diff-box true
docker exec -it diff-box true
echo x | docker exec -it diff-box cat
docker exec -t diff-box sh -c 'test -t 1 && echo terminal'
docker exec -t diff-box sh -c 'echo out; echo err >&2'
docker exec diff-box sh -c 'test -t 1 || echo none'
docker exec --privileged diff-box true
docker exec nonesuch true
docker exec diff-ended true
docker exec diff-ended nonesuch
docker exec $(docker ps -q --filter name=diff-box) echo by id
docker exec $(docker ps -q --filter name=diff-box | cut -c1-6) echo by short id
docker exec /diff-box echo slash
docker container exec diff-box echo long form
docker exec --detach-keys=ctrl-p,ctrl-q diff-box true
docker exec --detach-keys=nonesuch diff-box true
docker exec diff-box sh -c 'sleep 0.3; echo late' 
docker exec diff-box cat /proc/self/comm
docker exec diff-box hostname | wc -c
docker exec diff-user cat /proc/1/cmdline | tr '\0' '|'
docker exec diff-box sh -c 'ulimit -n; umask'
docker exec diff-box ps -o pid,args | grep -c 'sleep 1000000'
docker exec diff-privileged sh -c 'mount -t tmpfs none /mnt 2>&1; mkdir -p /m; mount -t tmpfs none /m && echo mounted'
quietly docker pause diff-box
docker exec diff-box true
quietly docker unpause diff-box
docker exec diff-box echo again
