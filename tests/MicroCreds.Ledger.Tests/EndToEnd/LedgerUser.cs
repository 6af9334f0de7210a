using System.Text.Json;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>An institution's own Fabric identity with the client library: past every gateway.</summary>
internal sealed class LedgerUser : IDisposable
{
    private readonly Grpc.Net.Client.GrpcChannel _channel;
    private readonly PrivateKeySigner _signer;
    private readonly FabricGateway _gateway;

    public LedgerUser(NetworkDescription network, RunningInstitution institution, string user = "User1")
    {
        _channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = institution.PeerEndpoint,
            TlsCaPem = File.ReadAllText(institution.PeerTlsCa),
            HostNameOverride = $"peer0.{institution.Domain}",
        });
        _signer = PrivateKeySigner.FromPemFile(institution.UserKey.Replace("User1@", $"{user}@"));
        _gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = _channel,
            Identity = X509Identity.FromPemFile(
                institution.MspId, institution.UserCert.Replace("User1@", $"{user}@")),
            Signer = _signer,
        });
        Network = _gateway.GetNetwork(network.Channel);
        Contract = Network.GetContract(network.Chaincode);
    }

    public FabricNetwork Network { get; }

    public FabricContract Contract { get; }

    /// <summary>Counts the credentials that an institution issued, on the ledger.</summary>
    public async Task<int> CountCredentialsAsync(string mspId) =>
        (await ListIssuancesAsync(mspId)).Sum(one => one.Size);

    /// <summary>Reads what an institution issued from the ledger, page by page.</summary>
    public async Task<IReadOnlyList<IssuanceStatement>> ListIssuancesAsync(string mspId)
    {
        var found = new List<IssuanceStatement>();
        string bookmark = "";
        do
        {
            byte[] answer = await Contract.EvaluateAsync(
                TransactionNames.ListIssuances, [mspId, Limits.MaxPageSize.ToString(), bookmark]);
            var page = JsonSerializer.Deserialize<Page<Issuance>>(answer, JsonSerializerOptions.Web)!;
            found.AddRange(page.Items.Select(issuance => issuance.Statement));
            bookmark = page.Next ?? "";
        }
        while (bookmark.Length > 0);

        return found;
    }

    public void Dispose()
    {
        _gateway.Dispose();
        _signer.Dispose();
        _channel.Dispose();
    }
}
