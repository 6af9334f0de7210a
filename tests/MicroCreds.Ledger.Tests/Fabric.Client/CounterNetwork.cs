using System.Globalization;
using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Tests.EndToEnd;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>The embedded network with a chaincode that counts, in place of the credentials'.</summary>
public sealed class CounterNetwork : LedgerFixture
{
    internal LedgerMember Member => this[Aurora];

    /// <summary>It runs a chaincode of its own, which knows of no founding.</summary>
    protected override bool IsFounded => false;

    internal FabricGateway Connect(Grpc.Core.ChannelBase channel, bool withSigner = true)
    {
        var (certificate, key) = Member.FilesOf("User1");
        return FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = X509Identity.FromPemFile(Member.MspId, certificate),
            Signer = withSigner ? PrivateKeySigner.FromPemFile(key) : null,
        });
    }

    internal Grpc.Net.Client.GrpcChannel Open(string endpoint) => PeerChannel.Open(new PeerChannelOptions
    {
        Endpoint = endpoint,
        TlsCaPem = File.ReadAllText(Member.PeerTlsCaFile),
        HostNameOverride = $"peer0.{Member.Domain}",
    });

    protected override IChaincode NewChaincode(string mspId) => new CounterChaincode();

    private sealed class CounterChaincode : IChaincode
    {
        public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
        {
            var (function, parameters) = stub.GetFunctionAndParameters();
            string[] arguments = [.. parameters.Select(parameter => Encoding.UTF8.GetString(parameter.Span))];
            if (function == "Fail")
            {
                return Response.Error(arguments[0], 422);
            }

            byte[]? state = await stub.GetStateAsync(arguments[0]);
            int count = state is null ? 0 : int.Parse(Encoding.UTF8.GetString(state), CultureInfo.InvariantCulture);
            if (function == "Increment")
            {
                string next = (count + 1).ToString(CultureInfo.InvariantCulture);
                await stub.PutStateAsync(arguments[0], Encoding.UTF8.GetBytes(next));
                stub.SetEvent("Incremented", Encoding.UTF8.GetBytes(next));
                return Response.Success(next);
            }

            return Response.Success(count.ToString(CultureInfo.InvariantCulture));
        }
    }
}
