# Containers as images. Kini's are in a store of this session's own.
quietly export KINI_CACHE=/tmp/diff/cache
quietly docker run -d --name diff-c -e A=1 --label l=m --expose 99/udp -v /vol -w /tmp --hostname hh kini/test:1
quietly docker exec -u 0 diff-c sh -c 'mkdir -p /d/e; echo data >/d/f; ln /d/f /d/hard; ln -s f /d/soft; chmod 4750 /d/f; chown 7:8 /d/e; mkfifo /d/pipe; echo no >/vol/inside'
quietly docker run -d --name diff-b busybox:1.37 sleep 1000
docker commit
docker commit a b c
docker commit nonesuch
docker commit nonesuch diff-i:1
docker commit --nonesuch diff-c
docker commit --help | sed -e '1{/^$/d}' -e '/^Examples/,/^$/d'
docker commit diff-c Bad/Name
docker commit diff-c 'bad name'
docker commit diff-c diff-i@sha256:0000000000000000000000000000000000000000000000000000000000000000
docker commit diff-c sha256:0000000000000000000000000000000000000000000000000000000000000000
docker commit diff-c 0000000000000000000000000000000000000000000000000000000000000000
docker commit -c 'FOO bar' diff-c diff-i:1
docker commit -c '' diff-c diff-i:1
docker commit -c 'ENV' diff-c diff-i:1
docker commit -c 'CMD ["a", 1]' diff-c diff-i:1
docker commit -c 'ENV A=b' -c 'RUN x' diff-c diff-i:1
docker images diff-i
docker commit diff-c diff-i:1
docker images -q diff-i | wc -l
docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}} {{.Author}} {{.Comment}} {{.Os}}/{{.Architecture}}' diff-i:1
docker image inspect -f '{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}' diff-i:1
docker image inspect -f '{{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopSignal}}' diff-i:1
docker image inspect -f '{{json .Config.Labels}} {{json .Config.Volumes}} {{json .Config.ExposedPorts}}' diff-i:1
docker commit -a 'A <a@b>' -m 'why so' --pause=false diff-c diff-i
docker image inspect -f '{{.Author}}|{{.Comment}}|{{json .RepoTags}}' diff-i
docker history --format '{{.CreatedBy}}|{{.Comment}}' diff-i | head -1
docker commit -c 'ENTRYPOINT [ "/usr/local/bin/entrypoint", "/sbin/init" ]' -c 'ENV HTTP_PROXY="" HTTPS_PROXY="" NO_PROXY=""' diff-c diff-i:2
docker image inspect -f '{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}' diff-i:2
docker commit -c 'CMD echo $A' -c 'ENTRYPOINT ["/bin/sh", "-c"]' -c 'USER root' diff-c diff-i:3
docker image inspect -f '{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{.Config.User}}' diff-i:3
docker commit -c 'LABEL a="b c" l=$A' -c 'EXPOSE 80-82/udp' -c 'VOLUME /x' -c 'WORKDIR sub' -c 'STOPSIGNAL SIGKILL' diff-c diff-i:4
docker image inspect -f '{{json .Config.Labels}} {{json .Config.Volumes}} {{json .Config.ExposedPorts}} {{.Config.WorkingDir}} {{.Config.StopSignal}}' diff-i:4
docker commit -c 'CMD []' diff-b diff-i:5
docker image inspect -f '{{json .Config.Cmd}} {{json .Config.Entrypoint}}' diff-i:5
docker run --rm -u 0 --entrypoint sh diff-i:1 -c 'cd /d; stat -c "%n %F %a %u %g %h %s %N" *; cat hard; ls -A /vol; echo $A'
docker run --rm diff-i:3
docker rm -f diff-c
docker run -d --name diff-c busybox:1.37 true
quietly docker wait diff-c
docker commit diff-c diff-i:6
docker image inspect -f '{{json .Config.Cmd}}' diff-i:6
quietly docker rm -f diff-c diff-b
quietly docker rmi diff-i:1 diff-i:2 diff-i:3 diff-i:4 diff-i:5 diff-i:6 diff-i:latest
