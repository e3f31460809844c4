# Containers in the background.
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker create --name diff-a busybox:1.37
docker run -d --network none --name /diff-slash busybox:1.37 sleep 1000000
docker run -d --network none --pids-limit -1 --name diff-pids busybox:1.37 sleep 1000
docker run -d --name diff-lost busybox:1.37 nonesuch
docker run -d --name diff-lost2 busybox:1.37 /nonesuch/x
docker run -d --name diff-denied busybox:1.37 /etc/passwd
docker run -d --name diff-folder busybox:1.37 /etc
docker run -d --name diff-lost3 --entrypoint nonesuch busybox:1.37
docker run -d --name diff-lost4 -w /etc/passwd busybox:1.37 true
docker run -d --name diff-lost5 -u nonesuch busybox:1.37 true
docker run -d --name diff-lost6 -u root:nonesuch busybox:1.37 true
docker run -d --network none --rm --name diff-lost7 busybox:1.37 nonesuch
quietly docker ps -aq --filter name=diff-lost --filter name=diff-denied --filter name=diff-folder | xargs -r docker rm -f
docker run -d --name diff-port -p 127.0.0.1:18090:80 busybox:1.37 sleep 1000
docker run -d --name diff-port2 -p 127.0.0.1:18090:80 busybox:1.37 sleep 1000
quietly docker ps -aq --filter name=diff-port2 | xargs -r docker rm -f
docker rm -f diff-port
docker run -d --name diff-auto -p 80 -p 127.0.0.1::81 -p 127.0.0.1:0:82/udp busybox:1.37 sleep 1000
docker port diff-auto | sort
docker inspect -f '{{json .NetworkSettings.Ports}}' diff-auto | keys
docker inspect -f '{{json .HostConfig.PortBindings}}' diff-auto
docker run -d --name diff-all -P kini/test:1
docker port diff-all
docker inspect -f '{{json .HostConfig.PortBindings}} {{.HostConfig.PublishAllPorts}} {{json .Config.ExposedPorts}}' diff-all
docker run -d --name diff-range -p 18100-18102:18000-18002 busybox:1.37 sleep 1000
docker port diff-range | sort
docker run -d --network none --rm --name diff-rm busybox:1.37 true | wc -c; until_true '! docker inspect diff-rm'
docker ps -a --filter name=diff-rm --format '{{.Names}}'
docker run -d --network none --name diff-init --init busybox:1.37 sleep 1000
docker exec diff-init sh -c 'test "$(cat /proc/1/comm)" != sleep'
docker inspect -f '{{.HostConfig.Init}} {{.Path}} {{json .Args}}' diff-init
docker run -d --network none --name diff-noinit --init=false busybox:1.37 sleep 1000
docker inspect -f '{{.HostConfig.Init}}' diff-noinit
docker exec diff-noinit cat /proc/1/comm
docker run -d --network none --cidfile id --name diff-cid busybox:1.37 true; cat id | wc -c
docker run -d --network none --cidfile id --name diff-cid2 busybox:1.37 true
docker run --name diff-tty --network none -d -t busybox:1.37 sh -c 'test -t 1 && echo terminal; sleep 1000'
docker inspect -f '{{.Config.Tty}} {{.Config.OpenStdin}} {{.Config.AttachStdout}}' diff-tty
docker container run -d --network none --name diff-long busybox:1.37 true | wc -c
docker rm -f diff-long diff-tty diff-cid
