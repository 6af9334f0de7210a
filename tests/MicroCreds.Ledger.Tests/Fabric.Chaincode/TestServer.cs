using MicroCreds.Fabric.Chaincode;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>Serves chaincodes on free loopback ports.</summary>
internal static class TestServer
{
    public const string ChaincodeId = "credentials_1.0:0123456789abcdef";

    public static readonly ChaincodeServerOptions Options = new()
    {
        ChaincodeId = ChaincodeId,
        Address = "127.0.0.1:0",
        LoggerFactory = NullLoggerFactory.Instance,
    };

    public static Task<ChaincodeServer> StartAsync(IChaincode chaincode, ChaincodeServerOptions? options = null) =>
        ChaincodeServer.StartAsync(chaincode, options ?? Options, TestContext.Current.CancellationToken);

    public static Task<ChaincodeServer> StartAsync(
        Func<ChaincodeStub, Task<Response>> invoke, ChaincodeServerOptions? options = null) =>
        StartAsync(new DelegateChaincode((stub, _) => new ValueTask<Response>(invoke(stub))), options);

    public static Task<ChaincodeServer> StartAsync(
        Func<ChaincodeStub, CancellationToken, ValueTask<Response>> invoke, ChaincodeServerOptions? options = null) =>
        StartAsync(new DelegateChaincode(invoke), options);

    private sealed class DelegateChaincode(Func<ChaincodeStub, CancellationToken, ValueTask<Response>> invoke)
        : IChaincode
    {
        public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken) =>
            invoke(stub, cancellationToken);
    }
}
