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

/// <summary>Says at a route what a request to it costs.</summary>
public static class RouteCosts
{
    public static RouteHandlerBuilder Costs(this RouteHandlerBuilder route, int units) =>
        route.WithMetadata(new RouteCost(units));
}
