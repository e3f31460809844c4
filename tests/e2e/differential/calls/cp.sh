# Copies.
quietly docker run -d --network none --name diff-c busybox:1.37 sleep 1000000
quietly docker create --network none --name diff-off busybox:1.37 sleep 1000000
quietly mkdir -p dir/sub && echo one >dir/one && echo two >dir/sub/two && ln -s one dir/link && ln -s nowhere dir/broken && chmod 640 dir/one && mkdir empty && echo file >file && ln -s file tofile && ln -s dir todir
docker cp file diff-c:/tmp/file
docker exec diff-c cat /tmp/file
docker cp file diff-c:/tmp/renamed
docker cp file diff-c:/tmp/
docker cp file diff-c:/tmp
docker cp file diff-c:tmp/relative
docker exec diff-c ls /tmp
docker cp file diff-c:/nonesuch/
docker cp file diff-c:/nonesuch/file
docker cp file diff-c:/etc/passwd/x
docker cp file diff-c:/tmp/file/
docker cp nonesuch diff-c:/tmp
docker cp file nonesuch:/tmp
docker cp nonesuch nonesuch:/tmp
docker cp dir diff-c:/tmp/newdir
docker exec diff-c find /tmp/newdir | sort
docker cp dir diff-c:/tmp/newdir
docker exec diff-c find /tmp/newdir | sort
docker cp dir/. diff-c:/tmp/contents
docker exec diff-c find /tmp/contents | sort
docker cp dir/. diff-c:/tmp/contents
docker cp dir/ diff-c:/tmp/slash
docker exec diff-c ls /tmp/slash
docker cp dir diff-c:/tmp/file
docker cp dir/. diff-c:/tmp/file
docker cp file/. diff-c:/tmp/x
docker cp empty diff-c:/tmp/empty
docker exec diff-c ls -A /tmp/empty
docker cp tofile diff-c:/tmp/tofile
docker exec diff-c readlink /tmp/tofile
docker cp -L tofile diff-c:/tmp/followed
docker exec diff-c cat /tmp/followed
docker cp todir diff-c:/tmp/todir
docker exec diff-c readlink /tmp/todir
docker cp todir/ diff-c:/tmp/todir2
docker exec diff-c ls /tmp/todir2
docker exec diff-c sh -c 'ls -l /tmp/contents | tail -n +2 | tr -s " " | cut -d" " -f1,3,4,9-'
docker exec diff-c stat -c '%a %U:%G' /tmp/contents/one /tmp/file
quietly chown 1234:1235 dir/one
docker cp dir/one diff-c:/tmp/owned
docker exec diff-c stat -c '%a %u:%g' /tmp/owned
docker cp -a dir/one diff-c:/tmp/archived
docker exec diff-c stat -c '%a %u:%g' /tmp/archived
docker cp -q file diff-c:/tmp/quiet
docker cp diff-c:/etc/passwd .
head -n 1 passwd
docker cp diff-c:/etc/passwd renamed
head -n 1 renamed
docker cp diff-c:/etc/passwd dir/
ls dir
docker cp diff-c:/etc newetc
ls newetc
docker cp diff-c:/etc dir
ls dir/etc
docker cp diff-c:/etc/. flat
ls flat
docker cp diff-c:/tmp/newdir linked; ls -l linked | tail -n +2 | tr -s ' ' | cut -d' ' -f1,3,4,9-
docker cp diff-c:/tmp/tofile copylink; readlink copylink
docker cp -L diff-c:/tmp/tofile followed; cat followed
docker cp diff-c:/nonesuch .
docker cp diff-c:/etc/passwd/x .
docker cp diff-c:/etc/passwd nonesuch/
docker cp diff-c:/etc/passwd nonesuch/deep/file
docker cp diff-c:/etc file
docker cp nonesuch:/x .
docker cp diff-c:/etc/group file && head -n 1 file
docker cp diff-c: .
docker cp diff-c:/etc/passwd -  | tar -t
docker cp diff-c:/tmp/newdir - | tar -t | sort
docker cp diff-c:/nonesuch - | wc -c
tar -c dir/one | docker cp - diff-c:/tmp/tarred
docker exec diff-c mkdir /tmp/tarred; tar -c dir/one | docker cp - diff-c:/tmp/tarred
docker exec diff-c cat /tmp/tarred/dir/one
tar -c dir/one | docker cp - diff-c:/tmp/file
docker cp - diff-c:/tmp </dev/null
echo junk | docker cp - diff-c:/tmp
docker cp - -
docker cp diff-c:/etc/passwd diff-c:/tmp
docker cp file dir
docker cp file diff-off:/before
docker cp diff-off:/before after && cat after
docker cp diff-off:/etc/group - | tar -t
quietly docker start diff-off
docker cp diff-off:/before after && cat after
quietly docker pause diff-c
docker cp file diff-c:/tmp/paused
docker cp diff-c:/tmp/paused paused && head -n 1 paused
quietly docker unpause diff-c
docker container cp file diff-c:/tmp/long
docker cp file diff-c:
docker cp ./file diff-c:/tmp/dot
docker cp $(docker ps -q --filter name=diff-c):/etc/group byid && head -n 1 byid
quietly head -c 5000000 /dev/zero >big
docker cp big diff-c:/tmp/big
docker exec diff-c stat -c %s /tmp/big
docker cp diff-c:/tmp/big big2 && stat -c %s big2
docker exec diff-c sh -c 'mkdir /tmp/e; ln -s /etc /tmp/e/l'; docker cp file diff-c:/tmp/e/l; docker exec diff-c cat /etc/file
docker cp file 'diff-c:/tmp/with space' && docker exec diff-c ls '/tmp/with space'
