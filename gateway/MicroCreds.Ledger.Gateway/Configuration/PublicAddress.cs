using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>
/// The address that this gateway is known by outside, which credentials and identity documents name. Thread-safe.
/// </summary>
/// <param name="options">What may name it.</param>
/// <param name="server">What knows where the service listens, once it does.</param>
public sealed class PublicAddress(GatewayServiceOptions options, IServer server)
{
    private string? _url = options.PublicUrl;

    /// <summary>
    /// The address without a slash at its end: <see cref="GatewayServiceOptions.PublicUrl"/>, or else where the service
    /// listens, with the port that was taken if it was to be a free one.
    /// </summary>
    public string Url => _url ??= Listening() ?? options.Listen;

    private string? Listening() =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/');
}
