# An institution's gateway: its published output on the official .NET runtime.
FROM mcr.microsoft.com/dotnet/aspnet:10.0.12
# Who runs it inside is who may read its keys outside.
ARG UID=1654
# A new volume takes the owner of what it is mounted on.
RUN install -d -o ${UID} -g ${UID} -m 700 /var/lib/microcreds
COPY --chown=${UID}:${UID} . /app
WORKDIR /app
USER ${UID}:${UID}
ENV DOTNET_EnableDiagnostics=0
ENV MICROCREDS_LISTEN=http://0.0.0.0:5101
HEALTHCHECK --interval=5s --timeout=3s --retries=12 \
  CMD ["bash", "-c", "port=${MICROCREDS_LISTEN##*:}; exec 3<>/dev/tcp/127.0.0.1/${port%%/*} && \
    printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["dotnet", "MicroCreds.Ledger.Gateway.dll"]
