using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// The description that a network was made by. What it became since (ports, versions, members) is kept beside it, so
/// that a description that is given once more changes nothing.
/// </summary>
internal sealed class DescribedConsortium(string state)
{
    private string KeptFile => Path.Combine(state, "consortium.described.json");

    /// <exception cref="OperatorException">There is no such file.</exception>
    public static Consortium Read(string file) => Directory.Exists(file)
        ? throw new OperatorException($"{file} is a folder: --consortium names a file, the consortium's description.")
        : File.Exists(file)
            ? ConsortiumFile.Read(file)
            : throw new OperatorException($"{file} is not there: --consortium names the consortium's description.");

    public void Keep(Consortium consortium) => NetworkState.WriteConsortium(KeptFile, consortium);

    /// <summary>Refuses a description that is not the one that the network was made by.</summary>
    /// <exception cref="OperatorException">It is another one.</exception>
    public void RequireSame(string file)
    {
        string given = Text(Read(file));
        if (!File.Exists(KeptFile))
        {
            Console.WriteLine(
                $"--consortium {file} is passed over: the network in {state} was made before, and goes on as it is.");
        }
        else if (given != Text(ConsortiumFile.Read(KeptFile)))
        {
            throw new OperatorException(
                $"{file} is not what the network in {state} was made by, and a network that is made is not changed by "
                + "a description: scripts/upgrade.sh, deploy.sh, add-institution.sh and remove-institution.sh do that. "
                + "Leave --consortium out, or make another network with another --state.");
        }
    }

    private static string Text(Consortium consortium) =>
        JsonSerializer.Serialize(consortium, JsonSerializerOptions.Web);
}
