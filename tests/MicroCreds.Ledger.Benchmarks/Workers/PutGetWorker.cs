using System.Text;
using MicroCreds.Fabric.Chaincode;
using Microsoft.Extensions.Logging.Abstractions;

namespace MicroCreds.Ledger.Benchmarks.Workers;

/// <summary>
/// A process that serves the smallest useful chaincode through our library; tests/node/bench/chaincode.cjs is the same
/// through the official one.
/// </summary>
internal sealed class PutGetWorker : IChaincode
{
    public static async Task<int> RunAsync()
    {
        var options = ChaincodeServerOptions.FromEnvironment() with { LoggerFactory = NullLoggerFactory.Instance };
        using var telemetry = TelemetryListening.IfTold(ChaincodeTelemetry.Name);
        await using var server = await ChaincodeServer.StartAsync(new PutGetWorker(), options);
        await Task.Run(Console.In.ReadToEnd);
        return 0;
    }

    public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        var (function, parameters) = stub.GetFunctionAndParameters();
        string key = Encoding.UTF8.GetString(parameters[0].Span);
        switch (function)
        {
            case "put":
                await stub.PutStateAsync(key, parameters[1]);
                return Response.Success();
            case "get":
                return Response.Success(await stub.GetStateAsync(key));
            default:
                return Response.Error($"There is no function {function}: it is put or get.");
        }
    }
}
