"""Words for outcomes, tracks, remedies, bars and for the reasons that a trace gives."""

from django.utils.translation import gettext_lazy as _

OUTCOMES = {"authorize": _("Authorize"), "refuse": _("Refuse"), "review": _("A person decides")}

HEADLINES = {
    "authorize": _("This can come back."),
    "refuse": _("This cannot come back."),
    "review": _("A person looks at this."),
}

TRACKS = {
    "safety": _("Product safety"),
    "delivery": _("Wrong from the start"),
    "late": _("Late delivery"),
    "guarantee": _("Legal guarantee"),
    "short_term": _("Early rejection"),
    "change_of_mind": _("Change of mind"),
    "goodwill": _("The shop’s own promise"),
}

SOURCES = {"statute": _("Law"), "bar": _("Bar"), "shop": _("Shop")}

REMEDIES = {
    "refund": _("Money back"),
    "repair": _("Repair"),
    "replace": _("The same item again"),
    "price_reduction": _("A lower price"),
    "exchange": _("Another variant"),
    "partial_refund": _("Part of the money back"),
    "store_credit": _("Shop credit"),
    "coupon": _("Coupon"),
    "gift": _("A small gift"),
}

WAYS = {
    "send": _("Send it back"),
    "keep": _("Keep it, nothing to send"),
    "nothing": _("Nothing to send"),
    "do_not_send": _("Do not send it, it may be dangerous"),
}

PAYERS = {
    "shopper": _("The shopper pays the way back"),
    "merchant": _("The shop pays the way back"),
    "nobody": _("Nothing travels"),
}

DEDUCTIONS = {"wear": _("Loss of value by use"), "not_intact": _("Goods no longer intact"), "fee": _("Fee of the shop")}

QUESTIONS = {
    "seal_broken": _("Has the seal been opened?"),
    "activated": _("Has it been activated or set up?"),
    "started": _("Has the download or the service begun?"),
    "packaging_missing": _("Is the original packaging missing?"),
    "danger_signs": _("Is it swollen, leaking, hot, smoking, crushed or wet?"),
    "delivered_at": _("When did it arrive?"),
}

EVIDENCE = {"photo": _("Photo"), "video": _("Video"), "document": _("Document"), "serial": _("Serial number")}

DOUBTS = {
    "unverified_law": _("The law that speaks against it has not been checked at its source."),
    "burden_on_shopper": _("The shopper must show that the fault was there from the start."),
    "fault_with_shopper": _("The fault is said to lie with the shopper."),
    "no_data": _("We hold no checked law for this country."),
    "only_on_failure": _("The law gives a right only where the shop failed in a duty; see whether it did."),
    "no_term_in_law": _("The law gives no number of days for this."),
    "other_law_may_help": _("A law of the state may give a right here."),
    "arrived_since": _("It has arrived in the meantime."),
    "safety_claim": _("Somebody says that the product is unsafe."),
    "danger_signs": _("The goods show signs of danger."),
    "recall_without_rule": _("The product is recalled, and we hold no rule for recalls in this country."),
}

# Short titles of clauses of law, by the part of a pack that they stand in.
CLAUSES = {
    "transport": _("Dangerous goods"),
    "withdrawal": _("Change of mind"),
    "not_informed": _("Not informed of the right"),
    "freight": _("Cost of sending back"),
    "refund": _("When the money is due"),
    "deduction": _("State of the goods"),
    "guarantee": _("Legal guarantee"),
    "burden": _("Who must prove the fault"),
    "extension": _("Longer guarantee after a repair"),
    "short_term": _("Early rejection"),
    "delivery": _("Damaged, wrong or missing"),
    "late": _("Late delivery"),
    "safety": _("Recall"),
    "reply": _("Answer to a complaint"),
}

BARS = {
    "service_fully_performed": _("Service fully carried out"),
    "service_started_with_consent": _("Service begun with consent"),
    "price_market_fluctuation": _("Price follows a market"),
    "customised": _("Made to the shopper’s wishes"),
    "perishable": _("Spoils or expires quickly"),
    "short_shelf_life": _("Short shelf life"),
    "sealed_hygiene_opened": _("Sealed hygiene goods, opened"),
    "mixed_inseparably": _("Mixed with other goods"),
    "alcohol_market_priced": _("Drink delivered later at a market value"),
    "urgent_repair_visit": _("Visit for urgent repair"),
    "sealed_media_opened": _("Sealed recording or software, opened"),
    "newspaper_periodical": _("Newspapers and magazines"),
    "public_auction": _("Public auction"),
    "dated_service": _("Booked for a set date"),
    "digital_started": _("Digital content, begun"),
    "medicine": _("Medicines"),
    "underwear_swimwear": _("Underwear and swimwear"),
    "personal_use_items": _("Goods of personal use"),
    "safety_health_after_unsealing": _("Not safe to resell once opened"),
    "activated_or_trial_value_drop": _("Activated or tried, much value lost"),
    "declared_flaw_or_near_expiry": _("Sold with a flaw or near its date"),
    "declared_as_is": _("Sold as it is"),
    "used_value_drop": _("Used, value clearly down"),
    "time_value_drop": _("Cannot be sold after some time"),
    "consumer_damaged": _("Damaged by the shopper"),
    "original_packaging_missing": _("Original packaging missing"),
    "health_not_resaleable": _("Not resaleable for health reasons"),
    "not_resaleable_after_installation_or_use": _("Not resaleable after use"),
    "financial_services": _("Financial services"),
    "gambling_lottery": _("Betting and lotteries"),
    "food_daily_supply": _("Food and daily goods brought to the home"),
    "international_air_travel": _("International air travel"),
    "price_or_type_exempt_by_decree": _("Exempt by decree"),
    "": _("State of the goods"),
}

REASONS = {
    # doors of the law
    "not_dangerous": _("nothing dangerous known"),
    "dangerous": _("the goods may be dangerous to carry"),
    "recalled": _("the product is recalled"),
    "no_recall_known": _("no recall of this product is known"),
    "other_reason": _("speaks of other reasons"),
    "not_delivered": _("it has not arrived"),
    "presumed": _("day %(day)s, and for %(months)s months the fault counts as there from the start"),
    "burden_on_shopper": _("day %(day)s, the shopper must show that the fault was there from the start"),
    "fault_with_shopper": _("the fault is said to lie with the shopper"),
    "guarantee_over": _("ended on %(last_day)s"),
    "repaired": _("it was repaired under the guarantee before"),
    "no_term_in_law": _("the law gives no number of days"),
    "late": _("it was due on %(last_day)s"),
    "not_late_yet": _("it may arrive until %(last_day)s"),
    "arrived_late": _("it arrived, but after %(last_day)s"),
    "arrived_in_time": _("it arrived, and was due on %(last_day)s"),
    "day_of": _("day %(day)s of %(of)s"),
    "days_over": _("day %(day)s, after %(of)s"),
    "no_right_here": _("this law gives no such right"),
    "no_data": _("we hold no checked law here"),
    "only_on_failure": _("a right only where the shop failed in a duty"),
    "terms_were_shown": _("the shop’s own terms were shown and hold instead"),
    "judged_as_fault": _("faulty goods are never judged as a change of mind"),
    "in_time": _("in time, until %(last_day)s"),
    "in_longer_time": _("in time, until %(last_day)s, for the information was missing"),
    "not_begun": _("the time has not begun to run"),
    "no_delivery_date": _("the day of delivery is not known"),
    "window_over": _("ended on %(last_day)s"),
    "not_informed": _("no proof of information, so until %(last_day)s"),
    "not_needed": _("the shopper was informed"),
    # bars
    "other_goods": _("not these goods"),
    "no_bar_here": _("closes no door that is open here"),
    "waived": _("the shop does not use it here: %(by)s"),
    "not_used": _("the shop does not use it"),
    "not_confirmed": _("the shopper did not confirm it when buying"),
    "notice_not_shown": _("no proof that the notice was shown when buying"),
    "to_be_asked": _("still to be asked"),
    "answered_no": _("answered with no"),
    "closes": _("true of these goods, and said before purchase where the law asks that"),
    # the shop
    "adds": _("adds to the law"),
    "law_gives_as_much": _("in time, and the law gives as much"),
    "bar_above": _("cannot reopen what %(by)s closed"),
    "evidence_missing": _("still to be given"),
    "evidence_given": _("was given"),
    "right_above": _("cannot hold up a right of the law"),
    "nothing_to_hold": _("nothing left to look at"),
    "terms_not_shown": _("no proof that the terms were shown when buying"),
}

# Which condition of a shop's clause did not hold.
WHEN = {
    "country": _("another country"),
    "not_country": _("not in this country"),
    "channel": _("another channel"),
    "not_channel": _("not in this channel"),
    "category": _("another category"),
    "not_category": _("not in this category"),
    "tag": _("other goods"),
    "not_tag": _("not for these goods"),
    "trait": _("other goods"),
    "not_trait": _("not for these goods"),
    "reason": _("another reason"),
    "not_reason": _("not for this reason"),
    "reason_code": _("another reason"),
    "fault": _("the fault lies elsewhere"),
    "claims_fault": _("speaks of other reasons"),
    "delivered": _("depends on the delivery"),
    "seal_broken": _("depends on the seal"),
    "condition": _("another condition of the goods"),
    "not_condition": _("not in this condition"),
    "seller_country": _("another country of the seller"),
    "evidence": _("the evidence is missing"),
    "value_at_most": _("the value is higher"),
    "value_at_least": _("the value is lower"),
    "days_since_delivery_at_most": _("too many days since delivery"),
    "days_since_order_at_most": _("too many days since the order"),
    "ordered_from": _("ordered before"),
    "ordered_to": _("ordered after"),
    "season": _("ordered in another season"),
    "freight_share_at_least": _("the way back costs less"),
    "returns_at_least": _("fewer returns"),
    "returns_at_most": _("more returns"),
    "return_rate_at_least": _("a lower rate of returns"),
    "any_of": _("none of its cases"),
    "none_of": _("one of its exceptions"),
}

RESULTS = {
    "granted": _("grants"),
    "closed": _("closes"),
    "not_met": _("not met"),
    "not_applicable": _("not this case"),
    "added": _("adds"),
    "asked": _("asks a person"),
}
