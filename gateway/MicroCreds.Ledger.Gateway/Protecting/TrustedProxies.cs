using System.Net;
using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>Takes the client's address from the balancers that are configured, and from nobody else.</summary>
public static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app, GatewayServiceOptions options)
    {
        if (options.TrustedProxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,

            // A balancer may stand behind another: as many as are trusted are passed by, and nobody else.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (string proxy in options.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                forwarded.KnownProxies.Add(address);
            else
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }

        app.UseForwardedHeaders(forwarded);
    }
}
