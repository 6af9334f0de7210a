namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Which roles satisfy which: whoever may do more may do the less.</summary>
public static class RolePolicies
{
    /// <summary>Adds API keys, and a policy for each role, named as the role.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeyRing>().AddTransient<ApiKeyAuthentication>();
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = ApiKeyAuthentication.SchemeName;
            options.AddScheme<ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, displayName: null);
        });
        var authorization = services.AddAuthorizationBuilder();
        for (int i = 0; i < GatewayRoles.All.Count; i++)
        {
            string[] sufficient = [.. GatewayRoles.All.Skip(i)];
            authorization.AddPolicy(GatewayRoles.All[i], policy => policy.RequireRole(sufficient));
        }

        return services;
    }
}
