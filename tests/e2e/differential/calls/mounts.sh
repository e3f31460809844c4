# What is mounted into a container.
quietly mkdir -p bind && echo bound >bind/file
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
