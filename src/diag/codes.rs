//! The one table of all findings: code, name, title and the page that `forestable explain CODE` prints.

use super::Code;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The code.
    pub code: Code,
    /// What it is called.
    pub title: &'static str,
    /// Markdown: what it does, why it is bad, an example, how to mend it.
    pub page: &'static str,
}

macro_rules! rules {
    ($($(#[$attribute:meta])* $name:ident $code:literal $title:literal)+) => {
        $(
            #[doc = concat!($code, ": ", $title)]
            pub const $name: Code = Code($code);
        )+

        /// Every code, in order.
        pub const RULES: &[Rule] = &[
            $(Rule { code: $name, title: $title, page: include_str!(concat!("pages/", $code, ".md")) },)+
        ];
    };
}

rules! {
    NOT_UTF8 "E101" "a file that is not UTF-8"
    NOT_YAML "E102" "a file that is not YAML"
    EMPTY_FILE "E103" "an empty file"
    UNKNOWN_FIELD "E104" "an unknown field"
    DOUBLED_FIELD "E105" "a field written twice"
    WRONG_KIND "E106" "a value of the wrong kind"
    MISSING_FIELD "E107" "a required field that is missing"
    EMPTY_VALUE "E108" "a field without a value"
    UNKNOWN_WORD "E109" "a word that the grammar does not have"
    YAML_FEATURE "E110" "an anchor, alias, tag or second document"
    TOO_LARGE "E111" "a file that is too large or nests too deeply"
    BAD_ID "E112" "an id that cannot name a file"
    UNREADABLE_FILE "E113" "a file that cannot be read"
    NO_STUDIES "E114" "a review without studies"
    BAD_PROPORTION "E201" "a value that is not a proportion"
    BAD_TIME "E202" "a value that is not a time"
    BAD_COUNT "E203" "a value that is not a whole number"
    EVENTS_ABOVE_N "E204" "more events than people"
    BAD_DATE "E205" "a value that is not a date, or dates out of order"
    REVERSED_INTERVAL "E206" "an interval whose lower end is above its upper"
    ESTIMATE_OUTSIDE "E207" "an interval that does not hold its estimate"
    BAD_NUMBER "E208" "a value that is not a number in its range"
    BAD_GRADE "E209" "a value that is not a grade"
    UNKNOWN_OUTCOME "E210" "an outcome that the review does not have"
    UNKNOWN_VARIANT "E211" "a variant that the outcome does not have"
    UNKNOWN_COHORT "E212" "a cohort that the study does not have"
    UNKNOWN_SOURCE "E213" "a source that the study does not have"
    UNKNOWN_STUDY "E214" "a study that the review does not have"
    UNKNOWN_PRIMARY "E215" "a primary tumour that the vocabulary does not have"
    UNKNOWN_ANALYSIS "E216" "an analysis that the review does not have"
    RESULT_KIND "E217" "a result that is of no kind, or of two"
    CIRCULAR "E218" "something that contains or overlaps itself"
    UNKNOWN_CURVE "E219" "a curve that the review does not have"
    RISING_SURVIVAL "E220" "survival that rises with time"
    ABOVE_BOUND "E221" "an outcome above the one that bounds it"
    IMPLIED_SIZE "E222" "an interval too narrow for its number of patients"
    SUBGROUP_SIZE "E223" "a subgroup larger than its parent"
    DUPLICATE_STUDY "E224" "one publication in two files"
    TIMES_STEP_BACK "E225" "times that step back"
    AT_RISK_GROWS "E226" "numbers at risk that grow"
    NO_CONSENSUS "E227" "raters who disagree and have not settled it"
    UNKNOWN_ITEM "E228" "an item that the tool does not have"
    UNKNOWN_ANSWER "E229" "an answer that the item does not have"
    FLOW "E230" "a flow of studies that does not add up"
    BAD_DOSE "E240" "a value that is not a dose"
    VERSION "E241" "a released version that contradicts itself or the one before"
    SCHEDULE "E242" "schedules that more than all patients had"
    SCALE_FOR_KIND "E301" "a scale that the outcome does not have"
    NO_EFFECT "E302" "figures that give no effect"
    TOO_MANY_GRADES "E303" "a summary of findings with more than seven answers"
    NO_RISK_RULE "E310" "a choice by risk of bias without a rule of what is low"
    UNREGISTERED_CHANGE "E311" "a registered analysis that is made otherwise"
    BAD_AMENDMENT "E312" "an amendment that does not follow"
    NO_FIT "E401" "a pool that has no answer"
    NO_SERIES_LEFT "E402" "a rule that leaves no series"
    TEMPLATE "E501" "a template that cannot be filled"
    BAD_WEAVE "E601" "a manuscript that cannot be woven"
    UNKNOWN_NAME "E602" "a name in a manuscript that the review does not have"
    STALE_NUMBER "E603" "a number in a manuscript that the data no longer give"
    BAD_BINDING "E604" "a binding that binds nothing"
    CIRCULAR_INCLUDE "E605" "a manuscript that includes itself"
    MISSING_PART "E606" "a file, table or figure of a manuscript that is missing"
    TRACKED_CHANGES "E607" "a Word file with tracked changes"
    FILE_NOT_READ "W101" "a file that is not read"
    UNAGREED "W102" "a double extraction that is not finished"
    RECOMMENDED_FIELD "W201" "a recommended field that is missing"
    ASYMMETRIC_INTERVAL "W202" "an interval that is symmetric on no scale"
    NO_WHOLE_NUMBER "W203" "a percentage that no whole number gives"
    MEDIAN_MISMATCH "W204" "a median that contradicts the rates"
    SUSPECTED_OVERLAP "W205" "an overlap that nobody declared"
    UNEXPLAINED_DISAGREEMENT "W206" "one quantity with two values and no conflict entry"
    UNUSED_EXCEPTION "W207" "an exception that accepts nothing"
    SHORT_OF_SIZE "W208" "an interval far wider than its patients explain"
    LEVEL_MISMATCH "W209" "an interval at another level than its quotation says"
    MIXED_VARIANTS "W210" "one curve under two endpoints"
    NO_REASON "W211" "a judgement without a reason"
    NOT_FOR_ONE_ARM "W212" "a rating that a series of one arm cannot have"
    FLOW_BEHIND "W213" "a flow that the study files have outgrown"
    CONTRADICTING_PRECISION "W214" "a standard error that its interval does not give"
    FEW_LESIONS "W215" "fewer lesions than patients"
    VERSION_BEHIND "W241" "a released version that names what the review does not have"
    NO_GLYPH "W301" "a character that the figures cannot show"
    ROUNDING_DECIDES "W401" "a verdict that rounding decides"
    NOT_JUDGED "W402" "a domain of certainty that nobody has judged"
}

/// Returns the rule with this code, in upper or lower case.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.0.eq_ignore_ascii_case(code))
}
