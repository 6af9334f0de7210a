namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>What a request to a route takes of what its client may have.</summary>
/// <param name="Units">The units.</param>
public sealed record RouteCost(int Units)
{
    /// <summary>What a request costs that says nothing of it.</summary>
    public const int Plain = 1;

    /// <summary>What a request costs that verifies, or asks the peer.</summary>
    public const int Dear = 5;

    /// <summary>What a batch costs.</summary>
    public const int Batch = 20;
}

/// <summary>Says of a route that it keeps something here for a while, though nobody knows for whom.</summary>
public sealed record KeepsForAnybody;

/// <summary>Says of a route that a request to it mostly waits.</summary>
public sealed record WaitsForLong;

/// <summary>Says at a route what a request to it costs.</summary>
public static class RouteCosts
{
    /// <summary>A network has so much kept for it and no more (<see cref="ClientLimits.KeptAtATime"/>).</summary>
    public static RouteHandlerBuilder KeepsForAnybody(this RouteHandlerBuilder route) =>
        route.WithMetadata(new KeepsForAnybody());

    /// <summary>It is counted apart (<see cref="ClientLimits.WaitingAtATime"/>).</summary>
    public static RouteHandlerBuilder WaitsForLong(this RouteHandlerBuilder route) =>
        route.WithMetadata(new WaitsForLong());

    public static RouteHandlerBuilder Costs(this RouteHandlerBuilder route, int units) =>
        route.WithMetadata(new RouteCost(units));
}
