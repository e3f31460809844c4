# What surrounds a container's first process: entrypoint, names, network, limits.
docker run --rm --name diff-r9 --hostname diff-host busybox:1.37 env | sort
docker run --rm --name diff-r10 --hostname diff-host kini/test:1 'env | sort; id; pwd'
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
docker run --rm --name diff-r29 --dns 10.9.8.7 busybox:1.37 grep ^nameserver /etc/resolv.conf
docker run --rm --name diff-r33 busybox:1.37 sh -c 'ls -1 /sys/class/net; ip -o -4 addr show eth0 | grep -c inet'
docker run --rm --network none --name diff-r37 --ulimit nofile=100:200 busybox:1.37 sh -c 'ulimit -Sn; ulimit -Hn'
docker run --rm --network none --name diff-r38 --ulimit core=-1 busybox:1.37 sh -c 'ulimit -c'
docker run --rm --name diff-r39 --sysctl net.ipv4.ip_forward=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_forward
docker run --rm --name diff-r40 --sysctl net.ipv4.ip_unprivileged_port_start=1 busybox:1.37 cat /proc/sys/net/ipv4/ip_unprivileged_port_start
