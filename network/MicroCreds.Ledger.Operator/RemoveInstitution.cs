using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Takes an institution out of a running channel.</summary>
internal static class RemoveInstitution
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("remove-institution", args, "--institution");
        if (!options.TryGetValue("--institution", out string? mspId))
        {
            throw new OperatorException("Say who leaves: --institution and the MSP id.");
        }

        var known = NetworkState.Open(options["--state"]);
        return known.Engine is IFabricEngine engine
            ? await new InstitutionRemoval(known, engine).RunAsync(mspId, cancellation)
            : throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" has no channel configuration to change: wipe it with "
                + "scripts/down.sh --wipe, take the institution out of consortium.json, and start anew.");
    }
}
