using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Takes an institution out of a running channel: the others sign the change, its gateway, contract and peer stop. What
/// it issued stays on the ledger and verifies; nobody can change it any more, since its own peer would have to agree.
/// </summary>
internal sealed class InstitutionRemoval(NetworkState known, IFabricEngine engine)
{
    private const int FewestMembers = 2;

    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private readonly NativeFiles _files = new(known.State);

    public async Task<int> RunAsync(string mspId, CancellationToken cancellation)
    {
        var former = known.Consortium.Organizations.SingleOrDefault(organization => organization.MspId == mspId);
        if (former is null)
        {
            string members =
                $"{mspId} is no member: those are "
                + $"{string.Join(", ", known.Consortium.Organizations.Select(o => o.MspId))}.";
            if (!Directory.Exists(RequestOf(mspId)))
            {
                throw new OperatorException(members);
            }

            Console.WriteLine($"{members} It has left before.");
            return 0;
        }

        var remaining = Without(mspId);
        var entries = known.Network.Institutions;
        await Departure.RunAsync(
            entries.Single(entry => entry.MspId == mspId), [.. entries.Where(entry => entry.MspId != mspId)],
            cancellation);
        await LeaveAsync(mspId, remaining, cancellation);
        await engine.RetireAsync(remaining, former, cancellation);
        Console.WriteLine($"5. The gateway, the contract and the peer of {mspId} are stopped; their files stay.");
        var network = Up.Describe(remaining, engine.Name, known.State, known.Network);
        (known with { Consortium = remaining, Network = network }).Write();
        await NetworkProbe.WaitAsync(network, ReachTimeout, cancellation);
        Console.WriteLine(
            $"{mspId} has left. What it issued verifies as before, at every gateway; it can change no more.");
        return 0;
    }

    private string RequestOf(string mspId) => Path.Combine(known.State, "requests", $"removal-{mspId}");

    private async Task LeaveAsync(string mspId, Consortium remaining, CancellationToken cancellation)
    {
        var update = new ChannelUpdate(FabricBinaries.Find(_files.Binaries), _files, remaining, RequestOf(mspId));
        var before = await update.FetchAsync(cancellation);
        var after = before.DeepClone().AsObject();
        var members = after["channel_group"]!["groups"]!["Application"]!["groups"]!.AsObject();
        if (!members.Remove(mspId))
        {
            Console.WriteLine("3. and 4. The channel's configuration does not have it any more.");
            return;
        }

        await update.WriteAsync(before, after, cancellation);
        foreach (var member in remaining.OwnOrganizations())
        {
            await update.SignAsync(member, cancellation);
            Console.WriteLine($"3. {member.MspId} has signed {update.EnvelopeFile}.");
        }

        await update.SubmitAsync(remaining.OwnOrganizations().First(), cancellation);
        Console.WriteLine($"4. The channel {remaining.Channel} has let {mspId} go.");
    }

    /// <summary>The consortium without the one who leaves.</summary>
    /// <exception cref="OperatorException">A policy still counts on it, or too few would be left.</exception>
    private Consortium Without(string mspId)
    {
        var named = known.Consortium.Chaincodes.Where(chaincode =>
            chaincode.EndorsementPolicy.Contains($"'{mspId}.", StringComparison.Ordinal)).ToList();
        if (named.Count > 0)
        {
            throw new OperatorException(string.Join('\n', named.Select(chaincode =>
                $"The policy of {chaincode.Name} counts on {mspId}: {chaincode.EndorsementPolicy}\n"
                + "Change it first, while all are members: scripts/upgrade.sh --policy \"…\" without it.")));
        }

        if (known.Consortium.Organizations.Count <= FewestMembers)
        {
            throw new OperatorException(
                $"{mspId} is one of the last {FewestMembers} members: a channel needs somebody else who agrees.");
        }

        var remaining = known.Consortium with
        {
            Organizations = [.. known.Consortium.Organizations.Where(o => o.MspId != mspId)],
            Chaincodes = [.. known.Consortium.Chaincodes.Select(chaincode => chaincode with
            {
                Servers = chaincode.Servers.Where(server => server.Key != mspId)
                    .ToDictionary(server => server.Key, server => server.Value),
            })],
        };
        ConsortiumFile.Validate(remaining);
        return remaining;
    }
}
