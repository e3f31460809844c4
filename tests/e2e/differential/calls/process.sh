# What a container's first process gets.
quietly mkdir -p bind && echo bound >bind/file
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
docker run --rm --name diff-r9 --hostname diff-host busybox:1.37 env | sort
docker run --rm --name diff-r10 --hostname diff-host kini/test:1 'env | sort; id; pwd'
docker run --rm --network none --name diff-r11 -u 0 kini/test:1 'id; echo $HOME; pwd'
docker run --rm --network none --name diff-r12 -u app:daemon kini/test:1 'id; echo $HOME'
docker run --rm --network none --name diff-r13 -u www-data busybox:1.37 id
docker run --rm --network none --name diff-r14 -u 4242:4243 busybox:1.37 sh -c 'id; echo $HOME'
docker run --rm --network none --name diff-r15 -w /made/here busybox:1.37 sh -c 'pwd; stat -c "%U %a" /made'
docker run --rm --network none --name diff-r16 -w /etc kini/test:1 pwd
docker run --rm --network none --name diff-r17 --entrypoint echo kini/test:1
docker run --rm --network none --name diff-r18 --entrypoint echo kini/test:1 a 'b  c'
docker run --rm --network none --name diff-r19 --entrypoint= kini/test:1 echo cleared
docker run --rm --network none --name diff-r20 --entrypoint= kini/test:1
docker run --rm --network none --name diff-r21 --entrypoint='' busybox:1.37
docker run --rm --network none --name diff-r22 --entrypoint '/bin/echo -n' busybox:1.37 x
docker run --rm --name diff-r23 busybox:1.37 hostname | wc -c
docker run --rm --name diff-r24 --hostname diff-host busybox:1.37 sh -c 'hostname; cat /etc/hostname'
docker run --rm --name diff-r25 --hostname diff-host busybox:1.37 sh -c 'grep -c diff-host /etc/hosts; grep -w localhost /etc/hosts'
docker run --rm --name diff-r26 --hostname diff-host busybox:1.37 cat /etc/hosts
docker run --rm --name diff-r27 --add-host extra:10.9.8.7 busybox:1.37 grep extra /etc/hosts
docker run --rm --name diff-r28 --add-host extra=10.9.8.7 busybox:1.37 grep extra /etc/hosts
docker run --rm --name diff-r29 --dns 10.9.8.7 busybox:1.37 grep nameserver /etc/resolv.conf
docker run --rm --network none --name diff-r30 busybox:1.37 sh -c 'echo $$; cat /proc/1/comm'
docker run --rm --network none --name diff-r31 --init busybox:1.37 sh -c 'test $$ -gt 1 && echo not first'
docker run --rm --network none --name diff-r32 busybox:1.37 sh -c 'ls -1 / | grep -v init'
docker run --rm --name diff-r33 busybox:1.37 sh -c 'ls -1 /sys/class/net; ip -o -4 addr show eth0 | grep -c inet'
docker run --rm --network none --name diff-r35 busybox:1.37 sh -c 'cd /dev; ls -d1 fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'
docker run --rm --network none --name diff-r36 busybox:1.37 sh -c 'ulimit -n; ulimit -c; umask'
docker run --rm --network none --name diff-r37 --ulimit nofile=100:200 busybox:1.37 sh -c 'ulimit -Sn; ulimit -Hn'
docker run --rm --network none --name diff-r38 --ulimit core=-1 busybox:1.37 sh -c 'ulimit -c'
docker run --rm --name diff-r39 --sysctl net.ipv4.ip_forward=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_forward
docker run --rm --name diff-r40 --sysctl net.ipv4.ip_unprivileged_port_start=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_unprivileged_port_start
docker run --rm --network none --name diff-r41 --shm-size 32m busybox:1.37 df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d' ' -f2
docker run --rm --network none --name diff-r42 --tmpfs /scratch busybox:1.37 sh -c 'grep " /scratch " /proc/mounts | cut -d" " -f1-3; touch /scratch/x && ls -1 /scratch; stat -c %a /scratch'
docker run --rm --network none --name diff-r43 --tmpfs /scratch:size=4m,mode=700 busybox:1.37 sh -c 'df -k /scratch | tail -n 1 | tr -s " " | cut -d" " -f2; stat -c %a /scratch'
docker run --rm --network none --name diff-r44 --tmpfs /etc busybox:1.37 ls -1 /etc
docker run --rm --network none --name diff-r45 -v /tmp/diff/work/bind:/b busybox:1.37 sh -c 'cat /b/file; echo new >/b/new; ls -1 /b'
cat bind/new
docker run --rm --network none --name diff-r46 -v /tmp/diff/work/bind:/b:ro busybox:1.37 sh -c 'cat /b/file; touch /b/denied'
docker run --rm --network none --name diff-r47 -v /tmp/diff/work/bind/file:/etc/bound:ro busybox:1.37 cat /etc/bound
docker run --rm --network none --name diff-r48 -v /tmp/diff/work/bind/file:/deep/er/bound busybox:1.37 cat /deep/er/bound
docker run --rm --network none --name diff-r49 -v ./bind:/b busybox:1.37 cat /b/file
docker run --rm --network none --name diff-r50 -v /tmp/diff/work/made:/b busybox:1.37 ls -A /b
stat -c '%F %a %u' made
docker run --rm --network none --name diff-r51 --mount type=bind,source=/tmp/diff/work/bind,target=/b,readonly busybox:1.37 sh -c 'cat /b/file; touch /b/denied'
docker run --rm --network none --name diff-r52 --mount type=bind,src=/tmp/diff/work/missing,dst=/b busybox:1.37 true
ls missing
docker run --rm --network none --name diff-r53 --mount type=tmpfs,destination=/t,tmpfs-size=1m busybox:1.37 sh -c 'df -k /t | tail -n 1 | tr -s " " | cut -d" " -f2'
docker run --rm --network none --name diff-r54 -v /etc busybox:1.37 sh -c 'cat /etc/group | head -n 2; touch /etc/new && echo writable'
docker run --rm --network none --name diff-r55 -v /fresh busybox:1.37 sh -c 'ls -A1 /fresh; touch /fresh/new && echo writable; stat -c "%a %u" /fresh'
docker run --rm --network none --name diff-r56 -v /home/app kini/test:1 'touch /home/app/x && stat -c "%u:%g" /home/app/x'
docker run --rm --network none --name diff-r57 --privileged busybox:1.37 sh -c 'mkdir /m && mount -t tmpfs none /m && echo mounted; test -c /dev/kmsg && echo kmsg; test -w /proc/sys/net/ipv4/ip_forward && echo writable'
docker run --rm --network none --name diff-r58 busybox:1.37 sh -c 'mkdir /m; mount -t tmpfs none /m'
docker run --rm --network none --name diff-r59 --device /dev/null:/dev/extra busybox:1.37 test -c /dev/extra
docker run --rm --network none --name diff-r60 --read-only busybox:1.37 touch /x
docker run --rm --name diff-r61 --network none busybox:1.37 ls /sys/class/net
docker run --rm --network none --name diff-r62 -l a=b -l c -l d= -l 'e=f=g h' busybox:1.37 true
printf 'x=y\n# no\nz\n' >labels; docker create --name diff-labelled -l a=b -l c -l d= -l 'e=f=g h' -l a=again --label-file labels busybox:1.37 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled
docker create --name diff-labelled2 -l org.example.test=no -l new=1 kini/test:1 >/dev/null; docker inspect -f '{{json .Config.Labels}}' diff-labelled2
