using System.Text.Json;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>What the official Node client made with a fixed nonce and time; see the file's "source".</summary>
internal static class NodeVectors
{
    public const string Channel = "credentials";
    public const string Chaincode = "microcreds";
    public const string MspId = "AuroraMSP";

    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(
        Repository.Root, "tests/MicroCreds.Ledger.Tests/Fabric.Client/NodeClient.vectors.json"))).RootElement;

    public static string CertificatePem { get; } = Text("certificatePem");

    public static string PrivateKeyPem { get; } = Text("privateKeyPem");

    public static X509Identity Identity { get; } = X509Identity.FromPem(MspId, CertificatePem);

    public static DateTimeOffset Time { get; } = Root.GetProperty("time").GetDateTimeOffset();

    public static byte[] Nonce => Convert.FromHexString(Text("nonce"));

    public static string Text(params string[] path) => At(path).GetString()!;

    public static byte[] Bytes(params string[] path) => At(path).GetBytesFromBase64();

    /// <summary>Makes the proposal that the official client made.</summary>
    public static Proposal NewProposal(GatewayConnection connection, string transactionName, ProposalOptions options)
    {
        var (message, content) = ProposalMessage.Create(
            connection.Signing.Creator, new ProposalTarget(Channel, Chaincode), transactionName, options, Nonce, Time);
        return new Proposal(connection, message, content);
    }

    private static JsonElement At(string[] path)
    {
        var element = Root;
        foreach (string name in path)
        {
            element = element.GetProperty(name);
        }

        return element;
    }
}
