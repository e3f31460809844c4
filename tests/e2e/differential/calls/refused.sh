# Command lines that run refuses.
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
