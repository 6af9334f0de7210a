using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Badges;

/// <summary>
/// Pictures of this institution's achievements. They are kept in the store alone: nothing on the ledger and in no
/// document says which there is. Thread-safe.
/// </summary>
public sealed class BadgeImages(
    BadgeStore store, ProjectedRecords records, LedgerProjection projection, GatewayServiceOptions options)
{
    /// <summary>Where pictures are.</summary>
    public const string Address = "/badge-images";

    /// <summary>Finds what a version shows.</summary>
    public ShownBadge? Find(string achievement, int version) =>
        store.Find(achievement, version) is { } badge ? ShownBadge.Of(badge.Image, badge.Alternative) : null;

    /// <summary>Reads the picture of the achievement of an own credential.</summary>
    public byte[]? FindImageFor(CredentialContent content) => NameOf(content) is var (achievement, version)
        && store.Find(achievement, version) is { } badge ? store.FindImage(badge.Image)?.Content : null;

    /// <summary>Finds what the achievement of an own credential shows.</summary>
    public ShownBadge? FindFor(CredentialContent? content) =>
        NameOf(content) is var (achievement, version) ? Find(achievement, version) : null;

    private (string Achievement, int Version)? NameOf(CredentialContent? content)
    {
        if (content?.AchievementId is not { } id
            || projection.Institutions.GetValueOrDefault(options.MspId) is not { } own)
            return null;
        string[] parts = id.Split('/');
        return parts.Length > 2 && int.TryParse(
                parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            && id == CredentialVocabulary.AchievementUrl(own.Did, parts[^2], version)
                ? (parts[^2], version) : null;
    }

    /// <summary>Has a published version show a picture, or none.</summary>
    /// <exception cref="ProblemException">There is no such version.</exception>
    public async Task SetAsync(string achievement, int version, BadgeImage? image, string alternative)
    {
        if (ValueRules.Id(achievement, "/id") is not null
            || records.FindAchievement(options.MspId, achievement, version) is null)
            throw AchievementDrafts.NoAchievement();
        await store.SetAsync(achievement, version, image, alternative);
    }

    /// <summary>Takes what somebody says that a picture shows.</summary>
    /// <exception cref="ProblemException">It says nothing, or too much.</exception>
    public static string RequireAlternative(string? text) =>
        ValueRules.Text(text?.Trim(), "/alternative", CheckedImage.MaxAlternativeLength) is { } fault
            ? throw ProblemException.Invalid(
                "/alternative", $"{fault.Message} Say what the picture shows, for whoever does not see it.")
            : text!.Trim();

    /// <summary>Checks a picture.</summary>
    /// <exception cref="ProblemException">It is none that is taken.</exception>
    public static CheckedImage Require(byte[] file)
    {
        try
        {
            return CheckedImage.Of(file);
        }
        catch (ImageException exception)
        {
            throw ProblemException.Invalid("/content", exception.Message);
        }
    }
}
