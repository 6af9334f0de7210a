# The credential contract as a service: its published output on the official .NET runtime.
FROM mcr.microsoft.com/dotnet/aspnet:10.0.12
# Who runs it inside is who may read its keys outside.
ARG UID=1654
COPY --chown=${UID}:${UID} . /app
WORKDIR /app
USER ${UID}:${UID}
ENV DOTNET_EnableDiagnostics=0
HEALTHCHECK --interval=5s --timeout=3s --retries=12 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${CHAINCODE_SERVER_ADDRESS##*:}"]
ENTRYPOINT ["dotnet", "MicroCreds.Ledger.Contract.dll"]
