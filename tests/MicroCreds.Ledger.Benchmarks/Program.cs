using MicroCreds.Ledger.Benchmarks;
using MicroCreds.Ledger.Benchmarks.Workers;

try
{
    // The first three are the processes that the benchmarks start and measure.
    return args switch
    {
        ["client"] => await ClientWorker.RunAsync(),
        ["chaincode"] => await PutGetWorker.RunAsync(),
        ["bare-endpoint", var url, var answerFile] => await BareEndpoint.RunAsync(url, answerFile),
        _ => await Bench.RunAsync(BenchmarkOptions.Parse(args)),
    };
}
catch (BenchmarkException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
