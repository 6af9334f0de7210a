using System.Globalization;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Renews certificates before they expire.</summary>
internal static class Renew
{
    private const int DefaultDays = 30;
    private const int MostDays = 36_500;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("renew", args, "--within");
        int days = DefaultDays;
        if (options.TryGetValue("--within", out string? text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days) || days > MostDays))
        {
            throw new OperatorException($"--within takes a number of days up to {MostDays}, not \"{text}\".");
        }

        var known = NetworkState.Open(options["--state"]);
        return known.Engine is IFabricEngine engine
            ? await new NetworkRenewal(known, engine).RunAsync(TimeSpan.FromDays(days), cancellation)
            : throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" renews no certificates, which last ten years there; "
                + $"{NativeEngine.EngineName} and {DockerEngine.EngineName} do.");
    }
}
