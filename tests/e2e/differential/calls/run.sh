# Containers in the background.
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker create --name diff-a busybox:1.37
docker run -d --network none --name /diff-slash busybox:1.37 sleep 1000000
docker run -d --name 'bad name' busybox:1.37
docker run -d --name -- busybox:1.37
docker run -d --name x busybox:1.37
docker run -d --name '' --label diff busybox:1.37 true | wc -c
quietly docker ps -aq --filter label=diff | xargs docker rm -f
docker run -d nonesuch/image:1
docker run -d nonesuch
docker run -d --pull=never nonesuch/image:1
docker run -d --pull=nonesuch busybox:1.37
docker run -d UPPER
docker run -d 'bad image'
docker run -d ''
docker run -d -p 1-x busybox:1.37
docker run -d -p 99999:80 busybox:1.37
docker run -d -p 80:80/nonesuch busybox:1.37
docker run -d -p 1.2.3:80:80 busybox:1.37
docker run -d -p 1-3:1-2 busybox:1.37
docker run -d -p '' busybox:1.37
docker run -d --expose x busybox:1.37
docker run -d -v relative:/x:nonesuch busybox:1.37
docker run -d -v /a:relative busybox:1.37
docker run -d -v /a:/b:ro:x busybox:1.37
docker run -d -v /a:/b:nonesuch busybox:1.37
docker run -d -v '' busybox:1.37
docker run -d -v /:/ busybox:1.37
docker run -d -v /a:/ busybox:1.37
docker run -d -v /a:/b -v /c:/b busybox:1.37
docker run -d --mount nonsense busybox:1.37
docker run -d --mount type=nonesuch,target=/x busybox:1.37
docker run -d --mount type=bind,target=/x busybox:1.37
docker run -d --mount type=bind,source=/nonesuch,target=/x busybox:1.37
docker run -d --mount type=bind,source=/tmp busybox:1.37
docker run -d --mount type=bind,source=/tmp,target=/x,nonesuch=1 busybox:1.37
docker run -d --mount type=tmpfs,target=/x,source=/y busybox:1.37
docker run -d --tmpfs relative busybox:1.37
docker run -d --restart nonesuch busybox:1.37
docker run -d --restart always:3 busybox:1.37
docker run -d --restart on-failure:x busybox:1.37
docker run -d --restart on-failure:-1 busybox:1.37
docker run -d --restart always --rm busybox:1.37
docker run -d -e =x busybox:1.37
docker run -d -e '' busybox:1.37
docker run -d --env-file nonesuch busybox:1.37
docker run -d --label-file nonesuch busybox:1.37
docker run -d --memory nonesuch busybox:1.37
docker run -d --memory 1k busybox:1.37
docker run -d --cpus nonesuch busybox:1.37
docker run -d --shm-size nonesuch busybox:1.37
docker run -d --ulimit nonesuch busybox:1.37
docker run -d --ulimit nonesuch=1 busybox:1.37
docker run -d --ulimit nofile=9:1 busybox:1.37
docker run -d --sysctl nonesuch busybox:1.37
docker run -d --stop-signal NONESUCH busybox:1.37
docker run -d --hostname 'bad name' busybox:1.37
docker run -d --hostname bad_name! busybox:1.37
docker run -d --device nonesuch busybox:1.37
docker run -d --device /dev/nonesuch busybox:1.37
docker run -d --add-host nonesuch busybox:1.37
docker run -d --add-host a:b busybox:1.37
docker run -d --dns nonesuch busybox:1.37
docker run -d --ip nonesuch busybox:1.37
docker run -d --network nonesuch busybox:1.37
docker run -d --network container:nonesuch busybox:1.37
docker run -d --platform nonesuch busybox:1.37
docker run -d --platform linux/s390x busybox:1.37
docker run -d -w relative busybox:1.37
docker run -d -a nonesuch busybox:1.37
docker run -d --rm -t --detach-keys=nonesuch busybox:1.37
docker run -d --cgroupns nonesuch busybox:1.37
docker run -d --security-opt nonesuch busybox:1.37
docker run -d --cap-add NONESUCH busybox:1.37
docker run -d --network none --pids-limit -1 --name diff-pids busybox:1.37 sleep 1000
quietly docker ps -aq --filter ancestor=busybox:1.37 | xargs -r docker rm -f
docker run -d --name diff-lost busybox:1.37 nonesuch
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' diff-lost
docker run -d --name diff-lost2 busybox:1.37 /nonesuch/x
docker run -d --name diff-denied busybox:1.37 /etc/passwd
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' diff-denied
docker run -d --name diff-folder busybox:1.37 /etc
docker run -d --name diff-lost3 --entrypoint nonesuch busybox:1.37
docker run -d --name diff-lost4 -w /etc/passwd busybox:1.37 true
docker run -d --name diff-lost5 -u nonesuch busybox:1.37 true
docker run -d --name diff-lost6 -u root:nonesuch busybox:1.37 true
docker run -d --network none --rm --name diff-lost7 busybox:1.37 nonesuch
docker ps -a --filter name=diff-lost --format '{{.Names}} {{.Status}}'
docker rm diff-lost diff-lost2 diff-denied diff-folder diff-lost3 diff-lost4 diff-lost5 diff-lost6
docker run -d --name diff-port -p 127.0.0.1:18090:80 busybox:1.37 sleep 1000
docker run -d --name diff-port2 -p 127.0.0.1:18090:80 busybox:1.37 sleep 1000
docker ps -a --filter name=diff-port2 --format '{{.Names}} {{.Status}}'
docker rm -f diff-port2
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
