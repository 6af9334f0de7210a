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
ENTRYPOINT ["dotnet", "MicroCreds.Ledger.Gateway.dll"]
