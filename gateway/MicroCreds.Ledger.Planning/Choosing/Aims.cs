namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What an aim makes as small as possible, the quantity that matters most first.</summary>
internal static class Aims
{
    public static IReadOnlyList<Quantity> Of(PlanInput input)
    {
        Quantity[] all = input.Wish.Aim switch
        {
            PlanAim.Lightest => [Quantity.HoursAndSteps, Quantity.Finish, Quantity.Cost],
            PlanAim.Cheapest => [Quantity.Cost, Quantity.Finish, Quantity.HoursAndSteps],
            _ => [Quantity.Finish, Quantity.HoursAndSteps, Quantity.Cost],
        };

        // Amounts of several currencies are not compared; of those that ask for it, checks refuse them.
        return input.Currencies.Count > 1
            ? [.. all.Where(quantity => quantity != Quantity.Cost)] : all;
    }
}
