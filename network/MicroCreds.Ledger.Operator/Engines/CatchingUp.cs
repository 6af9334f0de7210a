using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>
/// Waits until a peer has the blocks that the orderers had when the waiting began, for as long as it gets further ones:
/// how long that takes depends on the ledger alone.
/// </summary>
internal sealed class CatchingUp(IFabricEngine engine, Consortium consortium)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Three times as long as a peer may ask others for private data that it has lost before it takes a block without
    /// (peer.gossip.pvtData.pullRetryThreshold of core.yaml, a minute): so long a restored peer stands still.
    /// </summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(3);

    /// <summary>How long a peer may get no further block. Default is <see cref="DefaultPatience"/>.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>
    /// After how long without a further block a peer counts as level, where others run the orderers and nobody tells
    /// how many blocks there are. Default is five seconds.
    /// </summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is said how far the peer is. Default is every half minute.</summary>
    public TimeSpan TellInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits for every peer that runs here; at once where no orderer tells its height.</summary>
    /// <exception cref="OperatorException">A peer gets no further, or has ended.</exception>
    public async Task WaitForAllAsync(CancellationToken cancellation)
    {
        if (await ReadGoalAsync(cancellation) is { } goal)
        {
            await Task.WhenAll(consortium.OwnOrganizations().Select(organization =>
                WaitAsync(organization, goal, cancellation)));
        }
    }

    /// <summary>Waits for one peer; returns how many blocks it has then.</summary>
    /// <exception cref="OperatorException">No orderer answers, or the peer gets no further, or has ended.</exception>
    public async Task<ulong> WaitAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        ulong? goal = await ReadGoalAsync(cancellation);
        return goal is not null || consortium.Orderer.RunsElsewhere
            ? await WaitAsync(organization, goal, cancellation)
            : throw new OperatorException(
                $"No orderer answers, so that nobody knows how far the peer of {organization.MspId} is behind: "
                + "scripts/up.sh starts them.");
    }

    private async Task<ulong?> ReadGoalAsync(CancellationToken cancellation) =>
        (await engine.ReadOrdererHeightsAsync(consortium, cancellation)).Max(orderer => orderer.Height);

    private async Task<ulong> WaitAsync(
        OrganizationSettings organization, ulong? goal, CancellationToken cancellation)
    {
        string part = InstitutionParts.Peer(organization);
        var (patience, quiet, silence) = (new Patience(Patience), new Patience(Quiet), new Patience(TellInterval));
        for (int told = 0; ; await Task.Delay(PollInterval, cancellation))
        {
            ulong? height = await engine.ReadPeerHeightAsync(consortium, organization, cancellation);
            bool stands = quiet.IsOverAt(height);
            if (height is { } reached && (goal is { } all ? reached >= all : stands))
            {
                return reached;
            }

            string blocks = goal is null ? $"{height ?? 0} blocks" : $"{height ?? 0} of {goal} blocks";
            if (!(await engine.ListRunningAsync(cancellation)).Contains(part))
            {
                throw new OperatorException(
                    $"{part} ended while it was catching up, with {blocks}: scripts/logs.sh {part} shows why.");
            }

            if ((goal is not null || height is null) && patience.IsOverAt(height))
            {
                throw new OperatorException(
                    $"{part} has {blocks} and got no further for {Patience.TotalSeconds:F0} s: scripts/logs.sh {part} "
                    + "shows why; running this again goes on from there.");
            }

            if (silence.IsOverAt(told))
            {
                Console.WriteLine($"{part} is catching up: {blocks}.");
                told++;
            }
        }
    }
}
