using MicroCreds.Ledger.Operator.Engines;

namespace MicroCreds.Ledger.Operator;

/// <summary>Stops what is running and keeps the ledger, unless asked to forget it.</summary>
internal static class Down
{
    public static async Task<int> RunAsync(DownOptions options)
    {
        await LogKeeper.StopAsync(options.State);

        // Gateways first, the network last: whoever still asks gets an answer as long as possible.
        var daemons = Daemon.All(options.State).ToList();
        await StopAsync(daemons, daemon => daemon.Name.StartsWith("gateway-", StringComparison.Ordinal));
        await StopAsync(daemons, daemon => daemon.Name.StartsWith("chaincode-", StringComparison.Ordinal));
        await StopAsync(daemons, _ => true);
        var engine = NetworkFile.TryRead(options.State) is null ? null : EngineChoice.Open(asked: null, options.State);
        await (engine?.StopAsync(options.Wipe) ?? Task.CompletedTask);
        if (engine is not { StartsInstitutions: true })
        {
            Console.WriteLine(daemons.Count == 0 ? "Nothing was running." : $"Stopped {daemons.Count} processes.");
        }

        if (options.Wipe && Directory.Exists(options.State))
        {
            if (!File.Exists(Path.Combine(options.State, NetworkFile.Name))
                && !Directory.Exists(Path.Combine(options.State, "run")))
            {
                throw new OperatorException($"{options.State} holds no network of ours: nothing was removed.");
            }

            Directory.Delete(options.State, recursive: true);
            Console.WriteLine($"Removed {options.State}: the ledger, the keys and the stores are gone.");
        }

        return 0;
    }

    private static async Task StopAsync(List<Daemon> daemons, Predicate<Daemon> which) =>
        await Task.WhenAll(daemons.FindAll(which).Select(daemon => daemon.StopAsync()));
}
