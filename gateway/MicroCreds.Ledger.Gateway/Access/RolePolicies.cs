using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Which roles satisfy which: whoever may do more may do the less.</summary>
public static class RolePolicies
{
    /// <summary>
    /// Adds API keys, sessions and, if it is set, sign-on at the institution's server; and a policy for each role,
    /// named as the role.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, SignOnOptions? signOn)
    {
        services.AddSingleton<ApiKeyRing>().AddTransient<ApiKeyAuthentication>();
        services.AddSingleton<SignIn>().AddSingleton<Sessions>().AddSingleton<SignInLinks>();

        // What travels through the browser is sealed by keys that all instances of the gateway share.
        services.AddDataProtection().SetApplicationName("MicroCreds.Ledger.Gateway");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys =>
                keys.XmlRepository = new StoredProtectionKeys(provider.GetRequiredService<GatewayStore>())));
        if (signOn is not null)
            services.AddSignOn(signOn);
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = ApiKeyAuthentication.SchemeName;
            options.AddScheme<ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, displayName: null);
        });
        var authorization = services.AddAuthorizationBuilder();
        foreach (string role in GatewayRoles.All.Append(GatewayRoles.Any).Append(GatewayRoles.Recognizing))
            authorization.AddPolicy(role, policy => policy.RequireRole(GatewayRoles.Sufficient(role)));
        return services;
    }
}
