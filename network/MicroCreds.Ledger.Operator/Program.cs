using MicroCreds.Ledger.Operator;

Verb? verb = null;
using var interruption = new Interruption();
try
{
    verb = Verb.Find(args);
    using var turn = verb.Changes
        ? await Turn.OfStateAsync(StateOption.Find(args), verb, interruption.Token)
        : null;
    return await verb.RunAsync(args[1..], interruption.Token);
}
catch (Exception exception) when (Failure.Of(exception, verb, interruption.ExitCode) is { } failure)
{
    Console.Error.WriteLine(failure.Message);
    return failure.ExitCode;
}
