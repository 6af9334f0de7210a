using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>Keeps what operators ask apart from what everybody may ask, if they have a port of their own.</summary>
public static class OperationsPort
{
    /// <summary>Where the service listens; the address that it is known by comes first.</summary>
    public static IEnumerable<string> Addresses(GatewayServiceOptions options) =>
        options.OperationsListen is { } own ? [options.Listen, own] : [options.Listen];

    /// <summary>Refuses a request that came to another port than the operators'.</summary>
    public static ValueTask<object?> OnlyThereAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var options = context.HttpContext.RequestServices.GetRequiredService<GatewayServiceOptions>();
        return options.OperationsListen is null || IsThere(context.HttpContext, options.OperationsListen)
            ? next(context)
            : throw new ProblemException(
                ProblemKind.UnknownAddress, "It is answered on the operators' port only (OperationsListen).");
    }

    /// <summary>Refuses on the operators' port all that is not theirs.</summary>
    public static Task NothingElseAsync(HttpContext context, RequestDelegate next)
    {
        string? own = context.RequestServices.GetRequiredService<GatewayServiceOptions>().OperationsListen;
        bool isTheirs = context.Request.Path.Value is "/metrics" or "/readyz" or "/healthz";
        return own is null || isTheirs || !IsThere(context, own)
            ? next(context)
            : throw new ProblemException(
                ProblemKind.UnknownAddress, "This port answers /metrics, /readyz and /healthz only.");
    }

    private static bool IsThere(HttpContext context, string address) =>
        context.Connection.LocalPort == new Uri(address).Port;
}
