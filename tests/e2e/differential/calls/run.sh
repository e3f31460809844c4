# Containers in the background.
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker run -d --network none --name diff-a busybox:1.37 sleep 1000000
docker create --name diff-a busybox:1.37
docker run -d --network none --name /diff-slash busybox:1.37 sleep 1000000
docker run -d -l diff-nameless --name 'bad name' busybox:1.37
docker run -d -l diff-nameless --name -- busybox:1.37
docker run -d -l diff-nameless --name x busybox:1.37
docker run -d -l diff-nameless --name '' busybox:1.37 true | wc -c
docker run -d -l diff-nameless nonesuch/image:1
docker run -d -l diff-nameless nonesuch
docker run -d -l diff-nameless --pull=never nonesuch/image:1
docker run -d -l diff-nameless --pull=nonesuch busybox:1.37
docker run -d -l diff-nameless UPPER
docker run -d -l diff-nameless 'bad image'
docker run -d -l diff-nameless ''
docker run -d -l diff-nameless -p 1-x busybox:1.37
docker run -d -l diff-nameless -p 99999:80 busybox:1.37
docker run -d -l diff-nameless -p 80:80/nonesuch busybox:1.37
docker run -d -l diff-nameless -p 1.2.3:80:80 busybox:1.37
docker run -d -l diff-nameless -p 1-3:1-2 busybox:1.37
docker run -d -l diff-nameless -p '' busybox:1.37
docker run -d -l diff-nameless --expose x busybox:1.37
docker run -d -l diff-nameless -v relative:/x:nonesuch busybox:1.37
docker run -d -l diff-nameless -v /a:relative busybox:1.37
docker run -d -l diff-nameless -v /a:/b:ro:x busybox:1.37
docker run -d -l diff-nameless -v /a:/b:nonesuch busybox:1.37
docker run -d -l diff-nameless -v '' busybox:1.37
docker run -d -l diff-nameless -v /:/ busybox:1.37
docker run -d -l diff-nameless -v /a:/ busybox:1.37
docker run -d -l diff-nameless -v /a:/b -v /c:/b busybox:1.37
docker run -d -l diff-nameless --mount nonsense busybox:1.37
docker run -d -l diff-nameless --mount type=nonesuch,target=/x busybox:1.37
docker run -d -l diff-nameless --mount type=bind,target=/x busybox:1.37
docker run -d -l diff-nameless --mount type=bind,source=/nonesuch,target=/x busybox:1.37
docker run -d -l diff-nameless --mount type=bind,source=/tmp busybox:1.37
docker run -d -l diff-nameless --mount type=bind,source=/tmp,target=/x,nonesuch=1 busybox:1.37
docker run -d -l diff-nameless --mount type=tmpfs,target=/x,source=/y busybox:1.37
docker run -d -l diff-nameless --tmpfs relative busybox:1.37
docker run -d -l diff-nameless --restart nonesuch busybox:1.37
docker run -d -l diff-nameless --restart always:3 busybox:1.37
docker run -d -l diff-nameless --restart on-failure:x busybox:1.37
docker run -d -l diff-nameless --restart on-failure:-1 busybox:1.37
docker run -d -l diff-nameless --restart always --rm busybox:1.37
docker run -d -l diff-nameless -e =x busybox:1.37
docker run -d -l diff-nameless -e '' busybox:1.37
docker run -d -l diff-nameless --env-file nonesuch busybox:1.37
docker run -d -l diff-nameless --label-file nonesuch busybox:1.37
docker run -d -l diff-nameless --memory nonesuch busybox:1.37
docker run -d -l diff-nameless --memory 1k busybox:1.37
docker run -d -l diff-nameless --cpus nonesuch busybox:1.37
docker run -d -l diff-nameless --shm-size nonesuch busybox:1.37
docker run -d -l diff-nameless --ulimit nonesuch busybox:1.37
docker run -d -l diff-nameless --ulimit nonesuch=1 busybox:1.37
docker run -d -l diff-nameless --ulimit nofile=9:1 busybox:1.37
docker run -d -l diff-nameless --sysctl nonesuch busybox:1.37
docker run -d -l diff-nameless --stop-signal NONESUCH busybox:1.37
docker run -d -l diff-nameless --hostname 'bad name' busybox:1.37
docker run -d -l diff-nameless --hostname bad_name! busybox:1.37
docker run -d -l diff-nameless --device nonesuch busybox:1.37
docker run -d -l diff-nameless --device /dev/nonesuch busybox:1.37
docker run -d -l diff-nameless --add-host nonesuch busybox:1.37
docker run -d -l diff-nameless --add-host a:b busybox:1.37
docker run -d -l diff-nameless --dns nonesuch busybox:1.37
docker run -d -l diff-nameless --ip nonesuch busybox:1.37
docker run -d -l diff-nameless --network nonesuch busybox:1.37
docker run -d -l diff-nameless --network container:nonesuch busybox:1.37
docker run -d -l diff-nameless --platform nonesuch busybox:1.37
docker run -d -l diff-nameless --platform linux/s390x busybox:1.37
docker run -d -l diff-nameless -w relative busybox:1.37
docker run -d -l diff-nameless -a nonesuch busybox:1.37
docker run -d -l diff-nameless --rm -t --detach-keys=nonesuch busybox:1.37
docker run -d -l diff-nameless --cgroupns nonesuch busybox:1.37
docker run -d -l diff-nameless --security-opt nonesuch busybox:1.37
docker run -d -l diff-nameless --cap-add NONESUCH busybox:1.37
docker run -d --network none --pids-limit -1 --name diff-pids busybox:1.37 sleep 1000
quietly docker ps -aq --filter label=diff-nameless | xargs -r docker rm -f
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
