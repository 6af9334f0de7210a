# The credential contract as a service: its published output on the official .NET runtime.
FROM mcr.microsoft.com/dotnet/aspnet:10.0.12
# Who runs it inside is who may read its keys outside.
ARG UID=1654
COPY --chown=${UID}:${UID} . /app
WORKDIR /app
USER ${UID}:${UID}
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet", "MicroCreds.Ledger.Contract.dll"]
