namespace MicroCreds.Ledger.Model;

/// <summary>
/// How a cap on one learner's recognized credits is used up, wherever they are counted: an achievement counts whole or
/// not at all, since nobody takes part of a course; only one that alone is more than the cap counts for the cap.
/// </summary>
public static class CreditCap
{
    /// <summary>Tells what an achievement counts for where nothing else has used up the cap.</summary>
    /// <param name="hundredths">Its credits, in hundredths.</param>
    /// <param name="cap">The cap, in hundredths.</param>
    public static int Whole(int hundredths, int cap) => cap > 0 ? Math.Min(hundredths, cap) : hundredths;

    /// <summary>Tells whether a cap has room for it.</summary>
    /// <param name="whole">What <see cref="Whole"/> said.</param>
    /// <param name="cap">The cap, in hundredths.</param>
    /// <param name="used">What others have used up, in hundredths.</param>
    public static bool Takes(int whole, int cap, int used) => used + whole <= cap;
}

/// <summary>Credits as whole hundredths, which add up without rounding.</summary>
public static class Hundredths
{
    private const double Scale = 100;

    // What a double is short of a hundredth by its binary form alone.
    private const double Tolerance = 1e-6;

    /// <summary>Cuts credits to hundredths: never counts more than there is.</summary>
    public static int Of(double credits) => (int)Math.Floor((credits * Scale) + Tolerance);

    /// <summary>Rounds what is needed up to hundredths: never asks for less.</summary>
    public static int Needed(double credits) => (int)Math.Ceiling((credits * Scale) - Tolerance);

    /// <summary>Tells hundredths as credits.</summary>
    public static double ToCredits(int hundredths) => hundredths / Scale;
}
