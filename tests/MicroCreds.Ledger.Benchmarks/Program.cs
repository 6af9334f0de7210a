using MicroCreds.Ledger.Benchmarks;
using MicroCreds.Ledger.Benchmarks.Workers;

try
{
    // The first two are the processes that the benchmarks start and measure, beside MicroCreds.Ledger.BenchmarkClient.
    return args switch
    {
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
