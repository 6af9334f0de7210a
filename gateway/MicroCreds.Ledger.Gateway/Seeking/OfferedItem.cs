using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>An achievement or a pathway, as it is shown in a list of what was found.</summary>
/// <param name="MspId">Whose it is.</param>
/// <param name="Id">Its name there.</param>
/// <param name="Version">Its version.</param>
/// <param name="Name">The title.</param>
/// <param name="Credits">The ECTS credits.</param>
/// <param name="Address">Where it can be read.</param>
public sealed record OfferedItem(
    string MspId, string Id, int Version, string Name, double Credits, string Address)
{
    public static OfferedItem Of(Achievement one) => new(
        one.MspId, one.Id, one.Version, one.Name, one.Credits,
        string.Create(CultureInfo.InvariantCulture, $"/v1/achievements/{one.MspId}/{one.Id}/{one.Version}"));

    public static OfferedItem Of(Pathway one) => new(
        one.MspId, one.Id, one.Version, one.Name, one.Credits,
        string.Create(CultureInfo.InvariantCulture, $"/v1/pathways/{one.MspId}/{one.Id}/{one.Version}"));
}
