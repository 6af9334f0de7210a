using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Takes an institution into a running channel.</summary>
internal static class AddInstitution
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("add-institution", args, "--institution");
        if (!options.TryGetValue("--institution", out string? file))
        {
            throw new OperatorException("Say who joins: --institution FILE describes it.");
        }

        var known = NetworkState.Open(options["--state"]);
        return known.Engine is IFabricEngine engine
            ? await new InstitutionAddition(known, engine).RunAsync(NewcomerFile.Read(file), cancellation)
            : throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" has no channel configuration to change: stop it with "
                + "scripts/down.sh, add the institution to consortium.json, and start anew.");
    }
}
