# What a container's first process gets.
quietly mkdir -p bind && echo bound >bind/file
docker run -d --name diff-args busybox:1.37 sh -c 'while :; do sleep 0.1; done' sh '' ' a  b ' "quote's" '"double"' '$HOME' '`tick`' '\back' $'new\nline' $'tab\t' '*' 'é' -x --help -- - '%s' '#' ';' '&&' '{}' '!'
docker exec diff-args cat /proc/1/cmdline | od -c
docker inspect -f '{{json .Args}} {{json .Config.Cmd}}' diff-args
docker logs diff-args
docker run --rm --name diff-r busybox:1.37 sh -c 'for a; do printf "<%s>" "$a"; done' sh '' ' a  b ' "'" '"' $'\t' '\' '$x' -x --help -- -
docker run --rm --name diff-r busybox:1.37 printf '%s|' $'new\nline' end
docker run --rm --name diff-r -e A=1 -e B='two words' -e C= -e D=x=y -e E='$HOME "q" \b' busybox:1.37 sh -c 'echo "$A|$B|$C|$D|$E"'
CALLER=yes docker run --rm --name diff-r -e CALLER -e NOT_SET_ANYWHERE busybox:1.37 sh -c 'echo "$CALLER|${NOT_SET_ANYWHERE-unset}"'
docker run --rm --name diff-r -e A=1 -e A=2 busybox:1.37 sh -c 'echo $A'
docker run --rm --name diff-r -e L=$'one\ntwo' busybox:1.37 sh -c 'echo "$L"'
docker run --rm --name diff-r -e PATH=/bin busybox:1.37 sh -c 'echo $PATH'
printf 'A=file\n# comment\n\nB=b b\n' >list; docker run --rm --name diff-r --env-file list -e A=flag busybox:1.37 sh -c 'echo "$A|$B"'
docker run --rm --name diff-r --hostname diff-host busybox:1.37 env | sort
docker run --rm --name diff-r --hostname diff-host kini/test:1 'env | sort; id; pwd'
docker run --rm --name diff-r -u 0 kini/test:1 'id; echo $HOME; pwd'
docker run --rm --name diff-r -u app:daemon kini/test:1 'id; echo $HOME'
docker run --rm --name diff-r -u www-data busybox:1.37 id
docker run --rm --name diff-r -u 4242:4243 busybox:1.37 sh -c 'id; echo $HOME'
docker run --rm --name diff-r -w /made/here busybox:1.37 sh -c 'pwd; stat -c "%U %a" /made'
docker run --rm --name diff-r -w /etc kini/test:1 pwd
docker run --rm --name diff-r --entrypoint echo kini/test:1
docker run --rm --name diff-r --entrypoint echo kini/test:1 a 'b  c'
docker run --rm --name diff-r --entrypoint= kini/test:1 echo cleared
docker run --rm --name diff-r --entrypoint= kini/test:1
docker run --rm --name diff-r --entrypoint='' busybox:1.37
docker run --rm --name diff-r --entrypoint '/bin/echo -n' busybox:1.37 x
docker run --rm --name diff-r busybox:1.37 hostname | wc -c
docker run --rm --name diff-r --hostname diff-host busybox:1.37 sh -c 'hostname; cat /etc/hostname'
docker run --rm --name diff-r --hostname diff-host busybox:1.37 sh -c 'grep -c diff-host /etc/hosts; grep -w localhost /etc/hosts'
docker run --rm --name diff-r --hostname diff-host busybox:1.37 cat /etc/hosts
docker run --rm --name diff-r --add-host extra:10.9.8.7 busybox:1.37 grep extra /etc/hosts
docker run --rm --name diff-r --add-host extra=10.9.8.7 busybox:1.37 grep extra /etc/hosts
docker run --rm --name diff-r --dns 10.9.8.7 busybox:1.37 grep nameserver /etc/resolv.conf
docker run --rm --name diff-r busybox:1.37 sh -c 'echo $$; cat /proc/1/comm'
docker run --rm --name diff-r --init busybox:1.37 sh -c 'test $$ -gt 1 && echo not first'
docker run --rm --name diff-r busybox:1.37 ls /
docker run --rm --name diff-r busybox:1.37 sh -c 'ls /sys/class/net; ip -o addr show eth0 | grep -c inet'
docker run --rm --name diff-r busybox:1.37 sh -c 'mount | grep -E " on (/|/proc|/sys|/dev|/dev/shm|/dev/pts|/dev/mqueue|/sys/fs/cgroup) " | cut -d" " -f3,5 | sort'
docker run --rm --name diff-r busybox:1.37 sh -c 'ls /dev | sort'
docker run --rm --name diff-r busybox:1.37 sh -c 'ulimit -n; ulimit -c; umask'
docker run --rm --name diff-r --ulimit nofile=100:200 busybox:1.37 sh -c 'ulimit -Sn; ulimit -Hn'
docker run --rm --name diff-r --ulimit core=-1 busybox:1.37 sh -c 'ulimit -c'
docker run --rm --name diff-r --sysctl net.ipv4.ip_forward=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_forward
docker run --rm --name diff-r --sysctl net.ipv4.ip_unprivileged_port_start=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_unprivileged_port_start
docker run --rm --name diff-r --shm-size 32m busybox:1.37 df -k /dev/shm
docker run --rm --name diff-r --tmpfs /scratch busybox:1.37 sh -c 'grep " /scratch " /proc/mounts | cut -d" " -f1-3; touch /scratch/x && ls /scratch; stat -c %a /scratch'
docker run --rm --name diff-r --tmpfs /scratch:size=4m,mode=700 busybox:1.37 sh -c 'df -k /scratch | tail -n 1 | tr -s " " | cut -d" " -f2; stat -c %a /scratch'
docker run --rm --name diff-r --tmpfs /etc busybox:1.37 ls /etc
docker run --rm --name diff-r -v /tmp/diff/work/bind:/b busybox:1.37 sh -c 'cat /b/file; echo new >/b/new; ls /b'
cat bind/new
docker run --rm --name diff-r -v /tmp/diff/work/bind:/b:ro busybox:1.37 sh -c 'cat /b/file; touch /b/denied'
docker run --rm --name diff-r -v /tmp/diff/work/bind/file:/etc/bound:ro busybox:1.37 cat /etc/bound
docker run --rm --name diff-r -v /tmp/diff/work/bind/file:/deep/er/bound busybox:1.37 cat /deep/er/bound
docker run --rm --name diff-r -v ./bind:/b busybox:1.37 cat /b/file
docker run --rm --name diff-r -v /tmp/diff/work/made:/b busybox:1.37 ls -A /b
stat -c '%F %a %u' made
docker run --rm --name diff-r --mount type=bind,source=/tmp/diff/work/bind,target=/b,readonly busybox:1.37 sh -c 'cat /b/file; touch /b/denied'
docker run --rm --name diff-r --mount type=bind,src=/tmp/diff/work/missing,dst=/b busybox:1.37 true
ls missing
docker run --rm --name diff-r --mount type=tmpfs,destination=/t,tmpfs-size=1m busybox:1.37 sh -c 'df -k /t | tail -n 1 | tr -s " " | cut -d" " -f2'
docker run --rm --name diff-r -v /etc busybox:1.37 sh -c 'cat /etc/group | head -n 2; touch /etc/new && echo writable'
docker run --rm --name diff-r -v /fresh busybox:1.37 sh -c 'ls -A /fresh; touch /fresh/new && echo writable; stat -c "%a %u" /fresh'
docker run --rm --name diff-r -v /home/app kini/test:1 'touch /home/app/x && stat -c "%u:%g" /home/app/x'
docker run --rm --name diff-r --privileged busybox:1.37 sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted; test -c /dev/kmsg && echo kmsg; test -w /proc/sys/net/ipv4/ip_forward && echo writable'
docker run --rm --name diff-r busybox:1.37 sh -c 'mkdir /m; mount -t tmpfs none /m'
docker run --rm --name diff-r --device /dev/null:/dev/extra busybox:1.37 test -c /dev/extra
docker run --rm --name diff-r --read-only busybox:1.37 touch /x
docker run --rm --name diff-r --network none busybox:1.37 ls /sys/class/net
docker run --rm --name diff-r -l a=b -l c -l d= -l 'e=f=g h' busybox:1.37 true
printf 'x=y\n# no\nz\n' >labels; docker create --name diff-labelled -l a=b -l c -l d= -l 'e=f=g h' -l a=again --label-file labels busybox:1.37 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled
docker create --name diff-labelled2 -l org.example.test=no -l new=1 kini/test:1 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled2
