# Root file systems as images. Kini's are in a store of this session's own.
quietly export KINI_CACHE=/tmp/diff/cache
quietly docker images -q diff-i | sort -u | xargs -r docker rmi -f
quietly docker image prune -f
quietly docker run --name diff-r busybox:1.37 true
quietly mkdir -p root; docker cp diff-r:/bin - | tar -C root -xf -; docker rm diff-r
quietly mkdir -p root/etc root/tmp; echo root:x:0:0:root:/root:/bin/sh >root/etc/passwd; echo hello >root/etc/motd; chmod 1777 root/tmp; ln -s motd root/etc/soft; ln root/etc/motd root/etc/hard; mkfifo root/etc/pipe; chmod 4750 root/etc/passwd
quietly tar --numeric-owner --owner=0 --group=0 -C root -cf root.tar .; gzip -k root.tar; xz -k root.tar || cp root.tar root.tar.xz; zstd -q -k root.tar || cp root.tar root.tar.zst
docker import
docker import --help | sed '/^Examples/,/^$/d' | grep .
docker image import --help | sed '/^Examples/,/^$/d' | grep .
docker import --nonesuch x
docker import nonesuch
docker import nonesuch Bad
docker import ftp://127.0.0.1/x.tar
docker import root.tar Bad
docker import root.tar Bad/Name
docker import root.tar 'bad name'
docker import root.tar diff-i@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker import root.tar sha256:abc
docker import root.tar 0000000000000000000000000000000000000000000000000000000000000000
docker import -c 'FOO x' root.tar diff-i:1
docker import -c '' root.tar diff-i:1
docker import -c ENV root.tar diff-i:1
docker import --platform windows root.tar diff-i:1
docker import --platform nonesuch root.tar diff-i:1
docker import --platform a/b/c/d root.tar diff-i:1
echo garbage | docker import - diff-i:1
head -c 30000 root.tar | docker import - diff-i:1
docker images diff-i
# Docker keeps what it refused a name.
quietly docker image prune -f
# What comes out.
docker import root.tar diff-i:1
docker image import - diff-i:2 <root.tar.gz
docker import root.tar.xz diff-i:3 more words
cat root.tar.zst | docker import - diff-i:4
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' diff-i | sort
docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}} {{.Comment}} {{.Author}} {{.Os}}/{{.Architecture}} {{json .RootFS}}' diff-i:1 diff-i:2 diff-i:3 diff-i:4
docker image inspect -f '{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Labels}} {{json .Config.Volumes}}' diff-i:1
docker history --format '{{.CreatedBy}}|{{.Comment}}' diff-i:1
docker run --rm diff-i:1
docker run --rm diff-i:1 cat /etc/soft
docker run --rm diff-i:2 stat -c '%n %F %a %u %g %h' /etc/motd /etc/hard /etc/pipe /etc/passwd /tmp
docker run --rm diff-i:3 sh -c 'id -u; pwd; echo $PATH'
docker run --rm diff-i:4 cat /etc/hard
docker import -m 'why so' -c 'CMD echo $A' -c 'ENV A=1 B="2 3"' -c 'WORKDIR /etc' -c 'LABEL l=m' -c 'EXPOSE 80' -c 'VOLUME /v' root.tar diff-i:5
docker image inspect -f '{{.Comment}} {{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}} {{.Config.WorkingDir}}' diff-i:5
docker image inspect -f '{{json .Config.Labels}} {{json .Config.Volumes}} {{json .Config.ExposedPorts}}' diff-i:5
docker run --rm diff-i:5
docker run --rm diff-i:5 sh -c 'pwd; cat motd'
docker import --platform linux/arm64 root.tar diff-i:6
docker image inspect -f '{{.Os}}/{{.Architecture}}/{{.Variant}}' diff-i:6
docker import --platform arm root.tar diff-i:7
docker image inspect -f '{{.Os}}/{{.Architecture}}/{{.Variant}}' diff-i:7
docker import - </dev/null diff-i:8
docker image inspect -f '{{json .RootFS.Layers}} {{.Size}}' diff-i:8
docker import -m again root.tar diff-i:1
docker images -f dangling=true -q | wc -l
# From a server.
quietly python3 -m http.server --bind 127.0.0.1 8199 >/dev/null 2>&1 3>&- & echo $! >server
quietly until_true 'curl -s -o /dev/null http://127.0.0.1:8199/'
docker import http://127.0.0.1:8199/root.tar.gz diff-i:9
docker image inspect -f '{{.Comment}}' diff-i:9
docker run --rm diff-i:9 cat /etc/motd
docker import http://127.0.0.1:8199/root.tar Bad/Name
docker import -c 'FOO x' http://127.0.0.1:8199/root.tar
docker import http://127.0.0.1:8199/nonesuch.tar diff-i:10 2>&1 | sed '1s/ 404 .*: / 404: /'
docker import http://127.0.0.1:8199/server diff-i:10 >/dev/null
docker import http://127.0.0.1:1/x.tar diff-i:10 2>&1 | cut -d: -f1-4
docker images -q diff-i:10
quietly kill $(cat server)
# No shell, and folders that only the configuration names.
quietly tar -C root -cf bare.tar ./etc/motd
docker import -c 'ENTRYPOINT ["/nothing/here"]' bare.tar diff-i:11 >/dev/null
docker run --rm diff-i:11
docker import -c 'VOLUME /data/new' root.tar diff-i:12 >/dev/null
docker run --rm diff-i:12 ls -ld /data/new | cut -c 1-10
quietly docker images -q diff-i | sort -u | xargs -r docker rmi -f
quietly docker image prune -f
