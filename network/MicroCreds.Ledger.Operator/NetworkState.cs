using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;

namespace MicroCreds.Ledger.Operator;

/// <summary>A network that was brought up before, as its state directory remembers it.</summary>
internal sealed record NetworkState
{
    public required string State { get; init; }

    public required Consortium Consortium { get; init; }

    public required NetworkFile Network { get; init; }

    public required IEngine Engine { get; init; }

    private string SettledFile => Path.Combine(State, Up.SettledFile);

    /// <exception cref="OperatorException">There is no network in that directory.</exception>
    public static NetworkState Open(string state)
    {
        var network = NetworkFile.TryRead(state);
        string settled = Path.Combine(state, Up.SettledFile);
        if (network is null || !File.Exists(settled))
        {
            throw new OperatorException($"{state} holds no network: bring one up with scripts/up.sh first.");
        }

        return new NetworkState
        {
            State = state,
            Consortium = ConsortiumFile.Read(settled),
            Network = network,
            Engine = EngineChoice.Open(network.Engine, state),
        };
    }

    /// <summary>The same with a member that others run; one that is known already stays as it is.</summary>
    public NetworkState With(OrganizationSettings member) =>
        Consortium.Organizations.Any(organization => organization.MspId == member.MspId)
            ? this
            : this with
            {
                Consortium = Consortium with
                {
                    Organizations = [.. Consortium.Organizations, member with { RunsElsewhere = true }],
                },
            };

    /// <summary>Writes the consortium and network.json down: the next start finds them.</summary>
    public void Write()
    {
        WriteConsortium(SettledFile, Consortium);
        Network.Write(State);
    }

    public static void WriteConsortium(string file, Consortium consortium)
    {
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(consortium, JsonSerializerOptions.Web));
        File.Move(file + ".new", file, overwrite: true);
    }
}
