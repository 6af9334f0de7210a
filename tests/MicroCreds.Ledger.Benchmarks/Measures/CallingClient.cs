using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>A client process, and the chaincode that it calls.</summary>
internal sealed class CallingClient(WorkerProcess process, string chaincode) : IDisposable
{
    private const int WarmUpRounds = 3;
    private const int WarmUpCalls = 2_000;
    private const int WarmUpInFlight = 256;

    private static readonly string Value = new('v', 100);

    // Of the warm-up, and so there for every evaluation.
    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private int _commands;

    /// <summary>Until connections are open, code is compiled and the key that is read exists.</summary>
    public async Task WarmUpAsync()
    {
        for (int i = 0; i < WarmUpRounds; i++)
        {
            await CallAsync(submit: true, WarmUpCalls, WarmUpInFlight);
            await CallAsync(submit: false, WarmUpCalls, WarmUpInFlight);
        }
    }

    public async Task<CallResult> CallAsync(bool submit, int calls, int inFlight)
    {
        string prefix = submit && _commands++ > 0 ? $"{_prefix}-{_commands}" : _prefix;
        var before = process.ProcessorTime;
        var loop = await process.AskAsync<LoopResult>(
            new ClientCommand(submit, chaincode, calls, inFlight, prefix, Value));
        return new CallResult(loop, (process.ProcessorTime - before).TotalMilliseconds / calls);
    }

    public void Dispose() => process.Dispose();
}

/// <summary>How a client's calls went.</summary>
internal sealed record CallResult(LoopResult Loop, double CpuMillisecondsPerCall);
