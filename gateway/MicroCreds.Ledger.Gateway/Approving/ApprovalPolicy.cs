using System.Globalization;

namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>When another person approves before anything is signed (<c>Approval</c>).</summary>
/// <param name="Above">The rows above which one is asked; none if nobody is.</param>
public sealed record ApprovalPolicy(int? Above)
{
    /// <summary>Whoever may issue issues.</summary>
    public static readonly ApprovalPolicy None = new((int?)null);

    /// <summary>Everything is approved by another person, also a lone credential.</summary>
    public static readonly ApprovalPolicy All = new(0);

    /// <summary>Whether another person is asked before so many credentials are issued.</summary>
    public bool Asks(int size) => size > Above;

    /// <summary>Reads <c>none</c>, <c>all</c>, or the rows above which somebody is asked.</summary>
    public static ApprovalPolicy? Parse(string text) => text switch
    {
        "none" => None,
        "all" => All,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int above) && above > 0 =>
            new(above),
        _ => null,
    };
}
