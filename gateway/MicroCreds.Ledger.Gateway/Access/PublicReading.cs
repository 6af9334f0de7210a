namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Lets pages of other sites read what needs no login. No cookie is ever sent along, and what needs a login stays shut.
/// </summary>
public static class PublicReading
{
    private const string Policy = "public-reading";

    /// <summary>How long a browser may keep the answer to its question what it may ask.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2);

    /// <summary>Registers what <see cref="ReadableFromAnywhere"/> refers to.</summary>
    public static IServiceCollection AddPublicReading(this IServiceCollection services) =>
        services.AddCors(cors => cors.AddPolicy(Policy, policy => policy
            .AllowAnyOrigin()
            .WithMethods("GET", "HEAD", "POST")
            .WithHeaders("Accept", "Content-Type", "If-None-Match")
            .WithExposedHeaders("ETag")
            .SetPreflightMaxAge(PreflightMaxAge)));

    /// <summary>Lets pages of any site ask this address.</summary>
    public static RouteHandlerBuilder ReadableFromAnywhere(this RouteHandlerBuilder endpoint) =>
        endpoint.RequireCors(Policy);
}
