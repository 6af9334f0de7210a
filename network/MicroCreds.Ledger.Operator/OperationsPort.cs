using System.Net;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator;

/// <summary>Where gateways answer operators, if the environment that they are started from moves it.</summary>
internal static class OperationsPort
{
    /// <summary>What every gateway reads, and finds in the environment of who started it.</summary>
    public const string Variable = "MICROCREDS_OPERATIONS_LISTEN";

    /// <summary>The consortium with the address that the one gateway of this machine takes from its
    /// environment.</summary>
    /// <exception cref="OperatorException">It is no address, or several gateways would share it.</exception>
    public static Consortium Apply(Consortium consortium, string? listen)
    {
        if (string.IsNullOrWhiteSpace(listen)
            || consortium.OwnOrganizations().All(o => o.GatewayOperations is not null))
        {
            return consortium;
        }

        if (consortium.OwnOrganizations().Count() > 1)
        {
            throw new OperatorException(
                $"{Variable} is {listen}, which only one gateway can have: unset it, and give each organization of "
                + "consortium.json an address of its own as \"gatewayOperations\", such as \"127.0.0.1:9151\".");
        }

        if (!Uri.TryCreate(listen, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp
            || !IPAddress.TryParse(address.Host, out var host) || !IPAddress.IsLoopback(host))
        {
            throw new OperatorException(
                $"{Variable} is {listen}: beside a network of this machine it must be on loopback, such as "
                + "http://127.0.0.1:9101.");
        }

        var own = consortium.OwnOrganizations().Single();
        return consortium with
        {
            Organizations = [.. consortium.Organizations.Select(organization => organization.MspId == own.MspId
                ? organization with { GatewayOperations = address.Authority }
                : organization)],
        };
    }
}
