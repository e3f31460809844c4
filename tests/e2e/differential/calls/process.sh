# What a container's first process gets.
docker run -d --network none --name diff-args busybox:1.37 sh -c 'while :; do sleep 0.1; done' sh '' ' a  b ' "quote's" '"double"' '$HOME' '`tick`' '\back' $'new\nline' $'tab\t' '*' 'é' -x --help -- - '%s' '#' ';' '&&' '{}' '!'
docker exec diff-args cat /proc/1/cmdline | od -c
docker inspect -f '{{json .Args}} {{json .Config.Cmd}}' diff-args
docker logs diff-args
docker run --rm --network none --name diff-r1 busybox:1.37 sh -c 'for a; do printf "<%s>" "$a"; done' sh '' ' a  b ' "'" '"' $'\t' '\' '$x' -x --help -- -
docker run --rm --network none --name diff-r2 busybox:1.37 printf '%s|' $'new\nline' end
docker run --rm --network none --name diff-r3 -e A=1 -e B='two words' -e C= -e D=x=y -e E='$HOME "q" \b' busybox:1.37 sh -c 'echo "$A|$B|$C|$D|$E"'
CALLER=yes docker run --rm --network none --name diff-r4 -e CALLER -e NOT_SET_ANYWHERE busybox:1.37 sh -c 'echo "$CALLER|${NOT_SET_ANYWHERE-unset}"'
docker run --rm --network none --name diff-r5 -e A=1 -e A=2 busybox:1.37 sh -c 'echo $A'
docker run --rm --network none --name diff-r6 -e L=$'one\ntwo' busybox:1.37 sh -c 'echo "$L"'
docker run --rm --network none --name diff-r7 -e PATH=/bin busybox:1.37 sh -c 'echo $PATH'
printf 'A=file\n# comment\n\nB=b b\n' >list; docker run --rm --network none --name diff-r8 --env-file list -e A=flag busybox:1.37 sh -c 'echo "$A|$B"'
docker run --rm --network none --name diff-r11 -u 0 kini/test:1 'id; echo $HOME; pwd'
docker run --rm --network none --name diff-r12 -u app:daemon kini/test:1 'id; echo $HOME'
docker run --rm --network none --name diff-r13 -u www-data busybox:1.37 id
docker run --rm --network none --name diff-r14 -u 4242:4243 busybox:1.37 sh -c 'id; echo $HOME'
docker run --rm --network none --name diff-r15 -w /made/here busybox:1.37 sh -c 'pwd; stat -c "%U %a" /made'
docker run --rm --network none --name diff-r16 -w /etc kini/test:1 pwd
docker run --rm --network none --name diff-r30 busybox:1.37 sh -c 'echo $$; cat /proc/1/comm'
docker run --rm --network none --name diff-r31 --init busybox:1.37 sh -c 'test $$ -gt 1 && echo not first'
docker run --rm --network none --name diff-r32 busybox:1.37 sh -c 'ls -1 / | grep -v init'
docker run --rm --network none --name diff-r35 busybox:1.37 sh -c 'cd /dev; ls -d1 fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'
docker run --rm --network none --name diff-r36 busybox:1.37 sh -c 'ulimit -n; ulimit -c; umask'
docker run --rm --network none --name diff-r57 --privileged busybox:1.37 sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted; test -c /dev/kmsg && echo kmsg; test -w /proc/sys/net/ipv4/ip_forward && echo writable'
docker run --rm --network none --name diff-r58 busybox:1.37 sh -c 'mkdir /m; mount -t tmpfs none /m'
docker run --rm --network none --name diff-r59 --device /dev/null:/dev/extra busybox:1.37 test -c /dev/extra
docker run --rm --network none --name diff-r60 --read-only busybox:1.37 touch /x
docker run --rm --name diff-r61 --network none busybox:1.37 ls /sys/class/net
docker run --rm --network none --name diff-r62 -l a=b -l c -l d= -l 'e=f=g h' busybox:1.37 true
printf 'x=y\n# no\nz\n' >labels; docker create --name diff-labelled -l a=b -l c -l d= -l 'e=f=g h' -l a=again --label-file labels busybox:1.37 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled
docker create --name diff-labelled2 -l org.example.test=no -l new=1 kini/test:1 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled2
