using MicroCreds.Ledger.Gateway.Badges;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The picture of an achievement, as a page shows it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Alternative">What it shows.</param>
public sealed record ShownBadge(string Address, string Alternative)
{
    /// <summary>The picture of a digest.</summary>
    public static ShownBadge Of(string digest, string alternative) =>
        new($"{BadgeImages.Address}/{digest}", alternative);
}
